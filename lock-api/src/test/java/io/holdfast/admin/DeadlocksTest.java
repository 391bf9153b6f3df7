package io.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.admin.Deadlocks.Cycle;
import io.holdfast.admin.Deadlocks.Wait;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockName;
import io.holdfast.lock.internal.queue.OwnerDetails;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The graph, and the second look. */
final class DeadlocksTest {

  private static QueueMember place(String party, String lock, int number) {
    Owner owner =
        new Owner(
            party, "host", 1, Instant.EPOCH, Map.of(OwnerDetails.PARTY, party, "session", "s"));
    return new QueueMember(
        0,
        FencingToken.of(new Revision(number)),
        Optional.of(owner),
        Optional.of("s"),
        "exclusive",
        QueueMember.Role.WAITER,
        Key.of("locks", lock, party + number),
        "");
  }

  private static Wait wait(String party, String lock, QueueMember... inTheWay) {
    return new Wait(new LockName(lock), place(party, lock, 9), List.of(inTheWay));
  }

  private static List<List<String>> parties(List<Cycle> cycles) {
    return cycles.stream()
        .map(
            cycle -> cycle.waits().stream().map(wait -> wait.waiter().owner().orElseThrow().name()))
        .map(Stream::sorted)
        .map(Stream::toList)
        .toList();
  }

  @Test
  void cycles_ofThreeWithATail_namesTheThree() {
    List<Wait> waits =
        List.of(
            wait("tail", "a", place("p", "a", 1)),
            wait("p", "b", place("q", "b", 2)),
            wait("q", "c", place("r", "c", 3)),
            wait("r", "a", place("p", "a", 1)));
    assertThat(parties(WaitsFor.cycles(waits))).containsExactly(List.of("p", "q", "r"));
  }

  @Test
  void cycles_twoApart_areTwo() {
    List<Wait> waits =
        List.of(
            wait("p", "b", place("q", "b", 1)),
            wait("q", "a", place("p", "a", 2)),
            wait("self", "c", place("self", "c", 3)));
    assertThat(parties(WaitsFor.cycles(waits)))
        .containsExactlyInAnyOrder(List.of("p", "q"), List.of("self"));
  }

  @Test
  void cycles_chainOrAWayOut_areNone() {
    Wait chain = wait("p", "b", place("q", "b", 1));
    Wait wayOut = wait("q", "pool", place("p", "pool", 2), place("free", "pool", 3));
    assertThat(WaitsFor.cycles(List.of(chain))).isEmpty();
    assertThat(WaitsFor.cycles(List.of(chain, wayOut))).isEmpty();
  }

  /** p was seen behind q, then q behind p; but by then p stood in a place of a later wish. */
  @Test
  void inBoth_placesThatHaveChangedBetweenTheLooks_isNoCycle() {
    Wait before = wait("p", "b", place("q", "b", 1));
    Wait after = wait("p", "b", place("q", "b", 2));
    Wait other = wait("q", "a", place("p", "a", 3));

    assertThat(WaitsFor.cycles(List.of(before, other))).hasSize(1);
    assertThat(WaitsFor.cycles(List.of(after, other))).hasSize(1);
    assertThat(WaitsFor.cycles(Deadlocks.inBoth(List.of(before, other), List.of(after, other))))
        .isEmpty();
    assertThat(WaitsFor.cycles(Deadlocks.inBoth(List.of(before, other), List.of(before, other))))
        .hasSize(1);
  }
}
