"""The arguments of our queues on RabbitMQ.

They cannot be changed on a queue that exists: RabbitMQ refuses whoever declares it otherwise.
"""

from novalgo_common.topology import DEAD_LETTERS, DELIVERY_LIMIT

Arguments = dict[str, str | int | bool]

DURABLE_QUEUE: Arguments = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": DEAD_LETTERS,
    # At least once needs reject-publish: with any other overflow it is silently at most once.
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}

DEAD_LETTER_QUEUE: Arguments = {
    "x-queue-type": "quorum",
    # RabbitMQ 4 drops what was looked at and put back 20 times; 3.10 takes -1 for "not once".
    "x-delivery-limit": 1_000_000,
}
