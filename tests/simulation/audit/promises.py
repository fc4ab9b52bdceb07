"""What must hold after every step of every simulation, each with the words that a report uses."""

from enum import StrEnum


class Promise(StrEnum):
    INTENT_FIRST = "an order leaves only after its intent is stored, and exactly as stored"
    ONE_ORDER = "one order a signal, leg and part"
    SENT_ONCE = "a request is sent again only when it certainly did not arrive"
    NOT_GIVEN_UP = "an order that Alpaca shows is never given up as unknown"
    NOT_ACROSS_ZERO = "no order takes the position across zero"
    FLAT_SEEN = "a second order leaves only after the position was seen as expected"
    TRUE_INTENT = "where nobody else trades, Alpaca never finds an order on the wrong side"
    ONE_ENDING = "a signal has one ending, which stays"
    TRUE_ENDING = "an ending says what the book holds"
    EXITS_ALLOWED = "an exit is never declined"
    ENTRY_NEEDS_ROW = "an entry needs an active row"
    HALTED = "nothing is opened while a halt covers the book"
    OBEYED_ONCE = "what a person orders over the bus is done, and done once"
    NEWEST_WINS = "a signal does not begin while a newer one of its book has been waiting"
    IN_ORDER = "an older signal of a book does nothing after a newer one has begun"
    FILLS_ONCE = "each fill is counted once"
    BOOKS_ARE_FILLS = "a book holds its fills and adoptions"
    ALL_EXPLAINED = "where nobody else trades, every share comes from a fill of ours"
    BOOKS_AGREE = "books and external sum to the position at Alpaca"
    TOLD = "every event of the outbox was published, each key in its order"
    NO_CRASH = "nothing in executor fails by itself"
    DRAINS = "when the faults stop, everything ends"
