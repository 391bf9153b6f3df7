package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Session;
import io.holdfast.testkit.memory.Faults.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of random steps in virtual time, among lost messages, cut connections and expired
 * sessions. A view never goes back, and after the faults have healed every view shows exactly what
 * is registered. A run depends on its seed alone.
 */
final class MemoryRegistrySimulationTest {

  private static final int SEEDS = 30;
  private static final int STEPS = 300;
  private static final int PROCESSES = 3;
  private static final Duration AUDIT = Duration.ofSeconds(5);
  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(6))
          .withRequestTimeout(Duration.ofSeconds(1));

  static List<Long> seeds() {
    return new Random(20_260_101).longs(SEEDS).boxed().toList();
  }

  /** One process of the cluster: registers, updates, withdraws, and looks on. */
  private static final class Member {
    private final String name;
    private final Coordinator coordinator;
    private final Registry registry;
    private final ServiceView view;
    private final Map<String, Registration> registrations = new TreeMap<>();
    private ServiceSnapshot seen;

    Member(String name, MemoryCluster cluster) {
      this.name = name;
      coordinator = Coordinator.start(cluster.client(name, OPTIONS), OPTIONS, "memory");
      registry = new Registry(coordinator, new RegistryOptions(Duration.ofSeconds(1), AUDIT));
      view = registry.view("payment");
      seen = view.snapshot();
    }

    void register(String id) {
      String own = name + "-" + id;
      registrations.computeIfAbsent(
          own, free -> registry.registerAsync(ServiceInstance.http("payment", free, "h", 80)));
    }

    void look() {
      ServiceSnapshot now = view.snapshot();
      assertThat(now.revision()).isGreaterThanOrEqualTo(seen.revision());
      for (RegisteredInstance there : now.instances()) {
        Revision before =
            seen.find(there.id()).map(RegisteredInstance::epoch).orElse(Revision.NONE);
        assertThat(there.epoch()).isGreaterThanOrEqualTo(before);
      }
      if (now.freshness() == Freshness.STALE && seen.freshness() == Freshness.LIVE) {
        assertThat(now.instances()).isEqualTo(seen.instances());
      }
      seen = now;
    }
  }

  private final Map<String, ServiceInstance> wanted = new HashMap<>();

  @ParameterizedTest
  @MethodSource("seeds")
  void views_afterRandomFaultsHaveHealed_showExactlyWhatIsRegistered(long seed) {
    Random random = new Random(seed);
    VirtualTime time = new VirtualTime(seed);
    MemoryCluster cluster = MemoryCluster.on(time);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      members.add(new Member("p" + i, cluster));
    }
    cluster.faults(
        (client, message) ->
            random.nextInt(20) == 0
                ? Fate.LOST
                : Fate.after(Duration.ofMillis(random.nextInt(50))));

    for (int step = 0; step < STEPS; step++) {
      act(random, cluster, members.get(random.nextInt(PROCESSES)));
      advance(time, Duration.ofMillis(random.nextInt(400)), members);
    }
    cluster.faults(Faults.NONE);
    members.forEach(member -> cluster.heal(member.name));
    members.forEach(member -> member.registrations.values().forEach(this::want));

    assertThat(time.runUntil(() -> allShow(members), Duration.ofMinutes(2)))
        .as(() -> "wanted " + wanted + " but " + members.get(0).view.snapshot())
        .isTrue();
    for (Member member : members) {
      member.look();
      for (Registration registration : member.registrations.values()) {
        assertThat(member.seen.find(registration.instance().id()).map(RegisteredInstance::epoch))
            .isEqualTo(registration.epoch());
      }
    }
  }

  /** Looks at every view after every single task. */
  private static void advance(VirtualTime time, Duration duration, List<Member> members) {
    long end = time.nanoTime() + duration.toNanos();
    time.runUntil(
        () -> {
          members.forEach(Member::look);
          return false;
        },
        duration);
    time.advance(Duration.ofNanos(Math.max(0, end - time.nanoTime())));
    members.forEach(Member::look);
  }

  private void want(Registration registration) {
    wanted.put(registration.instance().id(), registration.instance());
  }

  private static void act(Random random, MemoryCluster cluster, Member member) {
    String id = member.name + "-" + random.nextInt(3);
    Registration registration = member.registrations.get(id);
    switch (random.nextInt(8)) {
      case 0, 1 -> member.register(id.substring(id.length() - 1));
      case 2, 3 -> {
        if (registration != null) {
          int weight = random.nextInt(1_000);
          registration.update(before -> before.withWeight(weight));
        }
      }
      case 4 -> {
        if (registration != null) {
          registration.closeAsync();
          member.registrations.remove(id);
        }
      }
      case 5 -> cluster.cut(member.name);
      case 6 -> cluster.heal(member.name);
      default -> {
        if (random.nextInt(4) == 0) {
          member.coordinator.current().map(Session::id).ifPresent(cluster::expire);
        }
      }
    }
  }

  private boolean allShow(List<Member> members) {
    return members.stream()
        .allMatch(
            member ->
                member.view.snapshot().freshness() == Freshness.LIVE
                    && member.registrations.values().stream().allMatch(Registration::isPublished)
                    && shown(member.view.snapshot()).equals(wanted));
  }

  private static Map<String, ServiceInstance> shown(ServiceSnapshot snapshot) {
    Map<String, ServiceInstance> shown = new HashMap<>();
    snapshot.instances().forEach(there -> shown.put(there.id(), there.instance()));
    return shown;
  }
}
