package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Protection;
import io.holdfast.registry.ProtectionHold;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.internal.view.InstanceReader.Reading;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which instances to show although the cluster no longer names them: {@link Protection} at
 * work.
 *
 * <p>A loss is an instance that was there and UP in one reading, is absent from the next, has left
 * no goodbye, is not taken out by an operator, and has not failed its callers. Losses within the
 * window add up; once they are a mass removal, measured against those that are there plus those
 * lost, the newest are held instead of dropped. What was dropped before stays dropped, so that a
 * view never falls far below the allowed fraction and never takes a removal back.
 *
 * <p>A view that comes back after so long that goodbyes which it has not heard were swept up cannot
 * tell who has left. It holds nobody then: the cluster was up meanwhile, and what it says is true.
 *
 * <p>Time is the context's; the clock on the wall only goes into what people read. Used in the
 * coordinator's context only.
 */
final class HeldInstances {

  private static final Logger LOG = LoggerFactory.getLogger(HeldInstances.class);

  /** One that is held, and when that ends. */
  private record Held(RegisteredInstance instance, long deadline) {}

  private final String service;
  private final Protection protection;
  private final RecentFailures evidence;
  private final Deque<Long> losses = new ArrayDeque<>();
  private final Map<String, Held> held = new TreeMap<>();
  private InstancesById there = InstancesById.NOBODY;

  /** The latest change that is known to be in what was heard. */
  private Revision heardUpTo = Revision.NONE;

  HeldInstances(String service, Protection protection, RecentFailures evidence) {
    this.service = service;
    this.protection = protection;
    this.evidence = evidence;
  }

  /** Takes in what the cluster says now. */
  void heard(Reading reading, long now, Instant wall) {
    InstancesById next = InstancesById.of(reading.instances());
    boolean missedGoodbyes = reading.swept().compareTo(heardUpTo) > 0;
    heardUpTo = Revision.later(heardUpTo, reading.revision());
    held.values()
        .removeIf(
            one ->
                missedGoodbyes
                    || next.find(one.instance().id()).isPresent()
                    || reading.isOut(one.instance()));
    List<RegisteredInstance> lost =
        there.missingFrom(next).stream()
            .filter(one -> one.instance().status() == InstanceStatus.UP)
            .filter(one -> !missedGoodbyes && !reading.isOut(one))
            .filter(one -> !evidence.speaksAgainst(one, now))
            .toList();
    there = next;
    if (!lost.isEmpty()) {
      count(lost, now, wall);
    }
  }

  private void count(List<RegisteredInstance> lost, long now, Instant wall) {
    losses.removeIf(at -> now - at > Durations.nanos(protection.window()));
    lost.forEach(one -> losses.add(now));
    int up =
        (int) there.stream().filter(one -> one.instance().status() == InstanceStatus.UP).count();
    if (!isMassRemoval(losses.size(), up + losses.size())) {
      return;
    }
    String reason =
        "%d of %d instances vanished within %s"
            .formatted(losses.size(), up + losses.size(), Durations.text(protection.window()));
    Duration bound = protection.holdFor();
    LOG.warn(
        "{} of {}: holding {} for at most {}", reason, service, lost.size(), Durations.text(bound));
    ProtectionHold hold = new ProtectionHold(reason, wall, wall.plus(Durations.bounded(bound)));
    lost.forEach(
        one -> held.put(one.id(), new Held(one.withHold(hold), now + Durations.nanos(bound))));
  }

  /** True if {@code lost} of the {@code of} that there were is a mass removal. */
  private boolean isMassRemoval(int lost, int of) {
    return lost >= protection.atLeast() && lost > protection.fraction() * of;
  }

  /** Lets go of those whose time has passed, and of those that failed their callers. */
  void letGo(long now, boolean timeCounts) {
    held.values()
        .removeIf(
            one -> {
              boolean failed = evidence.speaksAgainst(one.instance(), now);
              boolean expired = timeCounts && now - one.deadline() >= 0;
              if (failed || expired) {
                LOG.info(
                    "{} is no longer held: {}",
                    one.instance().instance().service() + "/" + one.instance().id(),
                    failed ? "callers cannot reach it" : "its time has passed");
              }
              return failed || expired;
            });
  }

  boolean isHolding() {
    return !held.isEmpty();
  }

  /** The earliest end of a hold. */
  OptionalLong nextDeadline() {
    return held.values().stream().mapToLong(Held::deadline).min();
  }

  /** Those that are there, and those that are held, by id. */
  List<RegisteredInstance> shown() {
    InstancesById all = held.isEmpty() ? there : withHeld();
    evidence.keepOnly(all);
    return all;
  }

  private InstancesById withHeld() {
    List<RegisteredInstance> all = new ArrayList<>(there);
    held.values().forEach(one -> all.add(one.instance()));
    return InstancesById.of(all);
  }
}
