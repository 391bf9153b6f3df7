package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder;
import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.Owner;
import io.holdfast.election.Election;
import io.holdfast.election.ElectionWatch;
import io.holdfast.election.Elections;
import io.holdfast.election.Leader;
import io.holdfast.election.Leadership;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Campaigns, leads for a while and resigns, again and again; observes all the while. */
final class ElectionTask implements Workload.Task {

  private static final String OFFICE = "chief";
  private static final String KEY = "election/" + OFFICE;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_LOOKS = 8;
  private static final int PAUSE_MILLIS = 100;

  private final WorkloadContext context;
  private final Recorder recorder;
  private final Random random;

  ElectionTask(WorkloadContext context) {
    this.context = context;
    this.recorder = context.recorder();
    this.random = context.random(KEY);
  }

  @Override
  public void run() throws InterruptedException {
    Election election = new Elections(context.coordinator()).election(OFFICE);
    try (ElectionWatch observation = election.observe(this::observed)) {
      while (!context.over().getAsBoolean()) {
        campaign(election);
      }
    }
  }

  private void observed(Optional<Leader> news) {
    Optional<Leader> leader = context.behaviour().told(news);
    String name = leader.flatMap(Leader::owner).map(Owner::name).orElse("");
    String term = leader.map(Leader::term).map(Object::toString).orElse("");
    recorder.invoke(KEY, "observe", Map.of("leader", name, "term", term)).ok(Map.of());
  }

  private void campaign(Election election) throws InterruptedException {
    String hold = UUID.randomUUID().toString();
    long asked = System.nanoTime();
    Invocation campaign =
        recorder.invokeAt(
            asked, KEY, "acquire", Map.of("hold", hold, "claims", OFFICE + ":exclusive"));
    Optional<Leadership> elected;
    try {
      elected = election.campaign(PATIENCE);
    } catch (CoordinationException e) {
      campaign.info(e.getClass().getSimpleName());
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      return;
    }
    if (elected.isEmpty()) {
      campaign.fail("not within " + PATIENCE);
      return;
    }
    Leadership leadership = elected.get();
    campaign.ok(Map.of("tokens", OFFICE + "=" + leadership.term()));
    resign(leadership, hold, lead(leadership, hold, asked));
  }

  /** Returns when it was last certain to lead. */
  private long lead(Leadership leadership, String hold, long elected) throws InterruptedException {
    long proven = elected;
    int looks = 1 + random.nextInt(MOST_LOOKS);
    for (int i = 0; i < looks; i++) {
      long now = System.nanoTime();
      Invocation look = recorder.invokeAt(now, KEY, "check", Map.of("hold", hold));
      if (!leadership.isLeader()) {
        look.fail("leads no more");
        return proven;
      }
      look.ok(Map.of());
      proven = now;
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    return proven;
  }

  /** A term that cannot be proven may have ended at any time since it was. */
  private void resign(Leadership leadership, String hold, long proven) {
    long now = System.nanoTime();
    long since = leadership.isLeader() ? now : proven;
    Invocation release = recorder.invokeAt(since, KEY, "release", Map.of("hold", hold));
    leadership.resign().join();
    release.ok(Map.of());
  }
}
