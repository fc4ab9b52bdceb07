"""Logging in with an API key, and out again."""

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field

from novalgo_analytics.access import COOKIE, Access
from novalgo_analytics.page.feed import Feed
from novalgo_analytics.page.session import LASTS
from novalgo_common.credentials import KeyScope


class Login(BaseModel):
    key: str = Field(max_length=500, description="An API key, of either scope")


class Session(BaseModel):
    """What the sender may do; `scope` is null of somebody who must log in first."""

    scope: KeyScope | None
    name: str | None = Field(description="What the key is called; null where none was shown")
    position: int | None = Field(description="Of the journal's newest event; null of strangers")


def login_routes(access: Access, feed: Feed) -> APIRouter:
    router = APIRouter(tags=["session"])

    @router.get("/session")
    async def session(request: Request) -> Session:
        holder = access.holder(request)
        scope = access.scope(request)
        return Session(
            scope=scope,
            name=holder.name if holder else None,
            position=feed.position if scope else None,
        )

    @router.post("/session")
    async def log_in(login: Login, request: Request, response: Response) -> Session:
        holder = access.keys.holder(login.key.strip())
        if holder is None:
            access.guessed(request)
            raise HTTPException(401, "That is no API key of this installation, or it has expired")
        response.set_cookie(
            COOKIE,
            access.sessions.cookie(holder, access.clock()),
            max_age=int(LASTS.total_seconds()),
            secure=True,  # browsers take it over HTTPS, and from this machine
            httponly=True,
            samesite="strict",
        )
        return Session(scope=holder.scope, name=holder.name, position=feed.position)

    @router.delete("/session")
    async def log_out(response: Response) -> Session:
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
        return Session(scope=None, name=None, position=None)

    return router
