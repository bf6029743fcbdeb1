"""A record that no service can read: what its lane is parked for, and an operator has to mend."""

from aiokafka import AIOKafkaProducer

from shared.contracts.topics import INTAKE


async def send_broken(kafka: str, lane: str) -> None:
    """Half an acceptance, with a name and a phone that no page may show, on intake's topic."""
    headers = {
        "ce_specversion": b"1.0",
        "ce_id": b"x",
        "ce_type": b"onedoor.intake.CaseAccepted.v1",
        "ce_time": b"2026-11-23T00:00:00Z",
        "ce_source": f"intake/{lane}".encode(),
        "ce_seq": b"1",
    }
    body = '{"name": "王五", "phone": "13912345678", '.encode()
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    try:
        await producer.send_and_wait(INTAKE.name, body, key=lane.encode(), headers=list(headers.items()))
    finally:
        await producer.stop()
