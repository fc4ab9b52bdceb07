# One image a service, from one recipe:
#   docker build --build-arg SERVICE=ingest --tag novalgo-ingest .
#   docker build --build-arg SERVICE=simulator --build-arg SOURCE=libs/simulator --tag novalgo-simulator .
FROM python:3.13.9-slim-bookworm AS build
ARG SERVICE
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements/${SERVICE}.txt /tmp/requirements.txt
RUN python -m venv --without-pip /opt/novalgo \
    && python -m pip --python /opt/novalgo/bin/python install \
        --require-hashes --no-deps --only-binary :all: -r /tmp/requirements.txt

FROM python:3.13.9-slim-bookworm
ARG SERVICE
ARG SOURCE=services/${SERVICE}
ENV PATH=/opt/novalgo/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    NOVALGO_BIND_HOST=0.0.0.0 NOVALGO_DATA_DIR=/data MPLCONFIGDIR=/tmp/matplotlib SERVICE=${SERVICE}
COPY --from=build /opt/novalgo /opt/novalgo
COPY deploy/is_ready.py /usr/local/lib/is_ready.py
COPY libs/common/src ${SOURCE}/src /app/
# Compiled here: the file system is read-only when it runs.
RUN python -m compileall -q /app \
    && install --directory --owner=10001 --group=10001 --mode=700 /data
USER 10001:10001
VOLUME /data
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 \
    CMD ["python", "-S", "/usr/local/lib/is_ready.py"]
# `exec`: the service itself is the one process, and gets SIGTERM.
CMD ["sh", "-c", "exec python -m novalgo_${SERVICE}"]
