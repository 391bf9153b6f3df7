package io.holdfast.loadbalancer.recording;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * Plays a recording to another policy, in virtual time: the same snapshots, and the same requests
 * at the same times, through a real balancer.
 *
 * <p><b>What is guessed.</b> A request that the policy sends elsewhere was never made there. It is
 * taken to end as a request did that this instance really had at about that time: one of the few
 * nearest, by chance. Of an instance that had none, one of the requests of all is taken, and
 * counted as {@link Comparison.Tally#guessed}. So the replay knows that an instance was slow, and
 * not that it would have been slower, or faster, with another load: trust it for where requests go
 * and for the direction of a change, not for the last millisecond.
 */
public final class Replay {

  private static final int NEAREST = 5;
  private static final long NANOS_PER_MICRO = 1_000;

  private record Ending(long at, Pick pick, RequestOutcome outcome) {}

  private final Recording recording;
  private final RandomSource random;
  private final Map<String, List<Recording.Request>> histories = new HashMap<>();
  private final PriorityQueue<Ending> endings =
      new PriorityQueue<>(Comparator.comparingLong(Ending::at));
  private final List<Recording.Request> replayed = new ArrayList<>();
  private final LoadBalancer balancer;
  private long micros;
  private ServiceSnapshot snapshot;
  private long unplaced;
  private long guessed;

  private Replay(Recording recording, Policy policy, long seed) {
    this.recording = recording;
    this.random = RandomSource.seeded(~seed);
    this.snapshot = ServiceSnapshot.unknown(recording.service());
    for (Recording.Request request : recording.requests()) {
      histories.computeIfAbsent(request.instance(), id -> new ArrayList<>()).add(request);
    }
    balancer =
        new LoadBalancer(
            () -> snapshot, policy, () -> micros * NANOS_PER_MICRO, RandomSource.seeded(seed));
  }

  /**
   * Compares what was with what would have been.
   *
   * @param seed of all chances: the same seed gives the same result
   */
  public static Comparison of(Recording recording, Policy policy, long seed) {
    Replay replay = new Replay(recording, policy, seed);
    replay.run();
    return new Comparison(
        policy.name(),
        Comparison.Tally.of(recording.requests(), 0, 0),
        Comparison.Tally.of(replay.replayed, replay.unplaced, replay.guessed));
  }

  private void run() {
    int next = 0;
    for (Recording.Request request : recording.requests()) {
      while (next < recording.snapshots().size()
          && (next == 0 || recording.snapshots().get(next).micros() <= request.micros())) {
        show(recording.snapshots().get(next), ++next);
      }
      endUntil(request.micros());
      micros = request.micros();
      begin(request);
    }
    endUntil(Long.MAX_VALUE);
  }

  private void show(Recording.Shown shown, int revision) {
    endUntil(shown.micros());
    micros = Math.max(micros, shown.micros());
    List<RegisteredInstance> instances =
        shown.instances().stream()
            .map(seen -> new RegisteredInstance(seen.instance(), new Revision(seen.epoch())))
            .toList();
    snapshot =
        new ServiceSnapshot(recording.service(), new Revision(revision), Freshness.LIVE, instances);
    // The balancer learns of it now, so that a newcomer's slow start begins now.
    balancer.statistics();
  }

  private void begin(Recording.Request request) {
    OptionalLong hash = request.affinity();
    Optional<Pick> pick =
        hash.isPresent() ? balancer.pick(new Affinity(hash.getAsLong())) : balancer.pick();
    if (pick.isEmpty()) {
      unplaced++;
      return;
    }
    String id = pick.get().instance().id();
    Recording.Request model = model(id, request.micros());
    endings.add(new Ending(micros + model.latencyMicros(), pick.get(), model.outcome()));
    replayed.add(
        new Recording.Request(request.micros(), id, model.outcome(), model.latencyMicros(), hash));
  }

  private Recording.Request model(String id, long when) {
    List<Recording.Request> history = histories.get(id);
    if (history == null) {
      guessed++;
      history = recording.requests();
    }
    int low = 0;
    int high = history.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (history.get(middle).micros() < when) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int width = Math.min(NEAREST, history.size());
    int first = Math.max(0, Math.min(low - NEAREST / 2, history.size() - width));
    return history.get(first + random.below(width));
  }

  private void endUntil(long limit) {
    while (!endings.isEmpty() && endings.peek().at() <= limit) {
      Ending ending = endings.remove();
      micros = Math.max(micros, ending.at());
      ending.pick().end(ending.outcome());
    }
  }
}
