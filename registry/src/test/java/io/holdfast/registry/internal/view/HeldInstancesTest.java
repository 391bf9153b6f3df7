package io.holdfast.registry.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.CallResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Protection;
import io.holdfast.registry.ProtectionHold;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.internal.view.InstanceReader.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is held when many vanish. */
final class HeldInstancesTest {

  private static final Instant WALL = Instant.parse("2026-01-01T00:00:00Z");
  private static final Protection PROTECTION =
      new Protection(0.5, 2, Duration.ofSeconds(10), Duration.ofSeconds(30));

  private final RecentFailures evidence = new RecentFailures(PROTECTION.window().toNanos());
  private final HeldInstances holding = new HeldInstances("s", PROTECTION, evidence);

  private static long seconds(long count) {
    return Duration.ofSeconds(count).toNanos();
  }

  private static RegisteredInstance instance(String id, long epoch) {
    return new RegisteredInstance(ServiceInstance.of("s", id, "h"), new Revision(epoch));
  }

  private static Reading reading(String... ids) {
    return new Reading(
        Revision.NONE,
        Arrays.stream(ids).map(id -> instance(id, 1)).toList(),
        Map.of(),
        Map.of(),
        Revision.NONE);
  }

  private void hear(long atSecond, String... ids) {
    holding.heard(reading(ids), seconds(atSecond), WALL);
    holding.letGo(seconds(atSecond), true);
  }

  private List<String> shown() {
    return holding.shown().stream().map(RegisteredInstance::id).sorted().toList();
  }

  @Test
  void oneOfTwoVanishes_isNotHeld() {
    hear(0, "a", "b");
    hear(1, "a");

    assertThat(shown()).containsExactly("a");
  }

  @Test
  void allVanish_areHeldWithReasonAndExpiryAndLetGoThen() {
    hear(0, "a", "b", "c");
    hear(1);

    assertThat(shown()).containsExactly("a", "b", "c");
    ProtectionHold hold = holding.shown().get(0).hold().orElseThrow();
    assertThat(hold.reason()).contains("3 of 3").contains("within 10 s");
    assertThat(hold.since()).isEqualTo(WALL);
    assertThat(hold.until()).isEqualTo(WALL.plusSeconds(30));
    holding.letGo(seconds(31) - 1, true);
    assertThat(holding.isHolding()).isTrue();
    holding.letGo(seconds(31), true);
    assertThat(shown()).isEmpty();
  }

  @Test
  void allVanish_whileTheClusterIsAwayToo_areKept() {
    hear(0, "a", "b");
    hear(1);

    holding.letGo(seconds(1_000), false);

    assertThat(shown()).containsExactly("a", "b");
  }

  @Test
  void vanishingOneByOneWithinTheWindow_isHeldFromTheFractionOn() {
    hear(0, "a", "b", "c", "d");
    hear(1, "b", "c", "d");
    hear(2, "c", "d");
    hear(3, "d");

    assertThat(shown()).containsExactly("c", "d");
    assertThat(holding.shown())
        .filteredOn(RegisteredInstance::isHeld)
        .extracting(RegisteredInstance::id)
        .containsExactly("c");
  }

  @Test
  void vanishingSlowly_isNeverHeld() {
    hear(0, "a", "b", "c", "d");
    hear(20, "b", "c", "d");
    hear(40, "c", "d");
    hear(60, "d");

    assertThat(shown()).containsExactly("d");
  }

  @Test
  void comingBack_endsTheHoldOfThoseAlone() {
    hear(0, "a", "b", "c");
    hear(1);
    hear(2, "b");

    assertThat(shown()).containsExactly("a", "b", "c");
    assertThat(holding.shown())
        .filteredOn(one -> !one.isHeld())
        .extracting(RegisteredInstance::id)
        .containsExactly("b");
  }

  @Test
  void leavingWithAGoodbye_isNotHeld() {
    hear(0, "a", "b", "c");
    Map<String, Revision> goodbyes =
        Map.of("a", new Revision(1), "b", new Revision(1), "c", Revision.NONE);
    holding.heard(
        new Reading(Revision.NONE, List.of(), goodbyes, Map.of(), Revision.NONE), seconds(1), WALL);

    assertThat(shown()).as("c's goodbye is of an earlier epoch, and c is one alone").isEmpty();
  }

  @Test
  void goodbyeThatComesLate_endsTheHold() {
    hear(0, "a", "b", "c");
    hear(1);
    Map<String, Revision> goodbyes = Map.of("a", new Revision(1), "b", Revision.NONE);
    holding.heard(
        new Reading(Revision.NONE, List.of(), goodbyes, Map.of(), Revision.NONE), seconds(2), WALL);

    assertThat(shown()).containsExactly("b", "c");
  }

  @Test
  void notUp_isNotHeld() {
    RegisteredInstance draining =
        new RegisteredInstance(
            ServiceInstance.of("s", "a", "h").withStatus(InstanceStatus.DRAINING), new Revision(1));
    Reading reading =
        new Reading(
            Revision.NONE,
            List.of(draining, instance("b", 1), instance("c", 1)),
            Map.of(),
            Map.of(),
            Revision.NONE);
    holding.heard(reading, 0, WALL);
    hear(1);

    assertThat(shown()).containsExactly("b", "c");
  }

  @Test
  void failedBeforeItVanished_isNotHeld() {
    hear(0, "a", "b", "c");
    evidence.note(instance("a", 1), CallResult.FAILED, seconds(0));
    evidence.note(instance("b", 1), CallResult.FAILED, seconds(0));
    evidence.note(instance("b", 1), CallResult.ANSWERED, seconds(0));
    hear(1);

    assertThat(shown()).containsExactly("b", "c");
  }

  @Test
  void failedWhileHeld_isLetGoUnlessAnotherIncarnationWasMeant() {
    hear(0, "a", "b", "c");
    hear(1);
    evidence.note(instance("a", 1), CallResult.FAILED, seconds(2));
    evidence.note(instance("b", 7), CallResult.FAILED, seconds(2));
    holding.letGo(seconds(2), true);

    assertThat(shown()).containsExactly("b", "c");
  }

  @Test
  void off_showsExactlyWhatIsThere() {
    HeldInstances open = new HeldInstances("s", Protection.OFF, evidence);
    open.heard(reading("a", "b", "c"), 0, WALL);
    open.heard(reading(), 1, WALL);

    assertThat(open.shown()).isEmpty();
    assertThat(open.isHolding()).isFalse();
  }

  /** Against the rule itself: whatever happens, who is there is shown, and nobody is held long. */
  @Test
  void randomComingsAndGoings_showThoseWhoAreThereAndHoldNobodyTooLong() {
    Random random = new Random(7);
    List<String> ids = IntStream.range(0, 12).mapToObj(i -> "i" + i).toList();
    Map<String, Long> lastThere = new HashMap<>();
    int heldInAll = 0;
    for (long second = 0; second < 3_000; second++) {
      int chance = random.nextInt(10) == 0 ? random.nextInt(10) : 9;
      TreeSet<String> there = new TreeSet<>(ids);
      there.removeIf(id -> random.nextInt(10) > chance);
      hear(second, there.toArray(new String[0]));
      for (String id : there) {
        lastThere.put(id, second);
      }
      for (RegisteredInstance one : holding.shown()) {
        assertThat(one.isHeld()).isEqualTo(!there.contains(one.id()));
        assertThat(second - lastThere.getOrDefault(one.id(), Long.MIN_VALUE / 2))
            .isLessThanOrEqualTo(31);
        heldInAll += one.isHeld() ? 1 : 0;
      }
      assertThat(shown()).containsAll(there).doesNotHaveDuplicates();
    }
    assertThat(heldInAll).isPositive();
  }
}
