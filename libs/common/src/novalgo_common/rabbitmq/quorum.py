"""The arguments of our queues on RabbitMQ.

They cannot be changed on a queue that exists: RabbitMQ refuses whoever declares it otherwise.
"""

from novalgo_common.topology import DEAD_LETTERS, DELIVERY_LIMIT

Arguments = dict[str, str | int | bool]

# The bus itself moves the dead to their queue, and acknowledges when they lie there.  RabbitMQ
# moves only what passed the delivery limit.  Its own way to do that at least once is not taken: its
# workers can take the queues down with them, and these stay without a leader until somebody
# repairs them by hand (rabbitmq-server issue 16652; seen on 3.10.8 after a kill).
DURABLE_QUEUE: Arguments = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": DEAD_LETTERS,
}

DEAD_LETTER_QUEUE: Arguments = {
    "x-queue-type": "quorum",
    # RabbitMQ 4 drops what was looked at and put back 20 times; 3.10 takes -1 for "not once".
    "x-delivery-limit": 1_000_000,
}
