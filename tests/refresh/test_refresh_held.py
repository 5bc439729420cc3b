"""What is held before a refresh: damaged, of another version, a sample, too old."""

from datetime import timedelta

from msgspec.structs import replace

from core.config.settings import Settings
from core.errors import Damaged
from core.index.reader import BatchIndex
from core.store.records import BatchBlobs, Manifest
from tests.support.arxiv_weeks import CATEGORIES, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, arxiv_week, next_day
from tests.support.deployment import truth
from tests.support.synthetic_arxiv import Fault

__all__ = ["arxiv_week"]


async def test_a_damaged_batch_is_fetched_again(arxiv_week):
    """
    A day whose blobs are gone is struck from the ledger when it is met, and comes back.
    """
    await arxiv_week.refresh()
    manifest = await arxiv_week.manifest()
    broken = tuple(replace(ref, papers_blob_name="0" * 16) if ref.day == TUESDAY else ref for ref in manifest.batches)
    await arxiv_week.store.publish(replace(manifest, batches=broken))
    await next_day(arxiv_week, "2026-01-15")
    days = [TUESDAY, WEDNESDAY, THURSDAY]
    assert (await arxiv_week.held()).items() >= truth(arxiv_week.arxiv.world, CATEGORIES, days).items()


async def test_an_upgrade_renews_the_match_indexes(arxiv_week):
    """After a new version of Paperfeed changed its index, the next announcement's refresh writes every day's again."""
    await arxiv_week.refresh()
    manifest = await arxiv_week.manifest()
    old = []
    for ref in manifest.batches:
        blobs = (await arxiv_week.store.load_batches([ref]))[ref.day]
        spoiled = replace(blobs, index_blob=b"PFX0" + blobs.index_blob[4:])
        old.append(await arxiv_week.store.save_batch(ref.day, spoiled, count=ref.paper_count, ttl=timedelta(days=1)))
    await arxiv_week.store.publish(replace(manifest, batches=tuple(old)))
    arxiv_week.clock.tick(24 * 3600)
    await arxiv_week.refresh()
    renewed = await arxiv_week.manifest()
    found = await arxiv_week.store.load_batches(renewed.batches)
    assert len(found) > len(old)
    assert all(BatchIndex(blobs.index_blob).ids for blobs in found.values())


async def test_a_damaged_manifest_is_no_dead_end(arxiv_week):
    """What cannot be read is fetched anew, and the report says so; the refresh does not stay stuck on it."""
    await arxiv_week.refresh()
    before = await arxiv_week.held()

    async def damaged() -> Manifest | None:
        raise Damaged("could not read the manifest in the store: damaged")

    whole = arxiv_week.store.load_manifest
    arxiv_week.store.load_manifest = damaged
    report = await arxiv_week.refresh()
    arxiv_week.store.load_manifest = whole
    assert any("damaged: starting anew" in anomaly for anomaly in report.anomalies)
    assert await arxiv_week.held() == before


async def test_the_sample_day_is_thrown_away_by_the_first_real_papers(arxiv_week):
    """
    While arXiv cannot be reached the sample stays; the first real list replaces it.
    """
    blobs = BatchBlobs(b"sample", b"sample")
    ref = await arxiv_week.store.save_batch(MONDAY, blobs, count=0, ttl=timedelta(days=1))
    await arxiv_week.store.publish(Manifest("sample", (ref,), sample=True))
    arxiv_week.arxiv.faults.append(Fault("reset"))
    await arxiv_week.refresh()
    kept = await arxiv_week.manifest()
    assert (kept.sample, kept.batches, kept.content) == (True, (ref,), "sample")
    arxiv_week.arxiv.faults.clear()
    await arxiv_week.refresh()
    assert not (await arxiv_week.manifest()).sample
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY])


async def test_summaries_stay_when_their_batch_is_written_again(arxiv_week):
    """
    What was paid for is not lost when a listing completes the day.
    """
    await arxiv_week.refresh(newest_only=True)
    manifest = await arxiv_week.manifest()
    blobs = (await arxiv_week.store.load_batches(manifest.batches))[WEDNESDAY]
    with_summaries = replace(blobs, summaries_blob=b"summaries")
    ref = await arxiv_week.store.save_batch(WEDNESDAY, with_summaries, count=1, ttl=timedelta(days=1))
    await arxiv_week.store.publish(replace(manifest, batches=(ref,)))
    await arxiv_week.refresh()
    after = await arxiv_week.manifest()
    found = await arxiv_week.store.load_batches(after.batches)
    assert found[WEDNESDAY].summaries_blob == b"summaries"
    assert found[WEDNESDAY].papers_blob != blobs.papers_blob


async def test_papers_older_than_the_retention_leave(arxiv_week):
    """
    The manifest names the days within the retention, counted from the newest.
    """
    arxiv_week.settings = Settings(categories=CATEGORIES, days_back=2, retention_days=2)
    await arxiv_week.refresh()
    await next_day(arxiv_week, "2026-01-15")
    assert [ref.day for ref in (await arxiv_week.manifest()).batches] == [THURSDAY, WEDNESDAY]
