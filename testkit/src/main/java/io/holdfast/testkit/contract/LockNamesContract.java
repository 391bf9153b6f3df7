package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.LockWatch;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.election.Election;
import io.holdfast.election.ElectionWatch;
import io.holdfast.election.Elections;
import io.holdfast.election.Leader;
import io.holdfast.election.Leadership;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.GrantState;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockName;
import io.holdfast.lock.Locks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Any text is a lock's name, is another's than every other text, and comes back as it went in. */
public abstract class LockNamesContract extends TwoClients {

  private static final LockConfig DELAYED =
      LockConfig.defaults().withCrashDelay(Duration.ofMillis(500));

  /** Some of them look alike in some form: as a path, when decoded, in another case. */
  private static final List<String> NAMES =
      List.of(
          "order/4711",
          "order",
          "order%2F4711",
          "订单-1",
          "a b",
          "a%20b",
          ".",
          "..",
          ".held",
          "%2F",
          "%2f",
          "/",
          "\uD83D\uDD12",
          "a\u0000\u001b[2J",
          "a\u0085",
          "é",
          "e\u0301",
          "\uf8ff\ufffd\uffff",
          "订".repeat(66));

  private static DistributedLock lock(Coordinator coordinator, String name) {
    return new Locks(coordinator)
        .lock(name, LockConfig.unshared().withCrashDelay(DELAYED.crashDelay()))
        .exclusive();
  }

  @Test
  void locks_anyNames_areAllDifferentAndListedAsTheyAre() throws InterruptedException {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    LockQueues queues = new LockQueues(second);
    DistributedLock[] all =
        NAMES.stream().map(name -> lock(first, name)).toArray(DistributedLock[]::new);
    try (LockGrant grant = new Locks(first).all(all).acquire();
        LockWatch watch = queues.watch("", change -> seen.add(change.lock().text()))) {
      assertThat(grant.names()).extracting(LockName::text).containsExactlyElementsOf(NAMES);
      assertThat(get(queues.names())).containsExactlyInAnyOrderElementsOf(NAMES);
      assertThat(get(queues.inspectNames()).unreadable()).isEmpty();
      for (String name : NAMES) {
        assertThat(lock(second, name).tryAcquire()).as(name).isEmpty();
        assertThat(get(queues.queue(name)))
            .singleElement()
            .extracting(QueueMember::token)
            .isEqualTo(grant.token());
        assertThat(get(queues.nativePath(name))).endsWith("/" + new LockName(name).segment());
      }
      await().atMost(PATIENCE).until(() -> seen.containsAll(NAMES));
      assertThat(watch).isNotNull();
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(NAMES);
    for (String name : NAMES) {
      lock(second, name).tryAcquire(PATIENCE).orElseThrow().close();
    }
  }

  /** Holders are marked beside the queues there, and {@code .held} is a name like any other. */
  @Test
  void crashDelay_anyNameInAnotherDirectory_isKept() throws InterruptedException {
    Key directory = Key.absolute("/elsewhere/" + namespace());
    for (String name : List.of("order/4711", ".held", "订单-1")) {
      Coordinator doomed = owned(connect(namespace(), options("doomed")));
      Locks theirs = new Locks(doomed, directory);
      assertThat(theirs.lock(name, DELAYED).exclusive().tryAcquire(PATIENCE)).isPresent();
      Locks locks = new Locks(second, directory);
      LockQueues queues = new LockQueues(second, directory);

      crash(doomed);

      await().atMost(PATIENCE).until(() -> get(queues.queue(name)).isEmpty());
      assertThat(locks.lock(name, DELAYED).exclusive().tryAcquire()).isEmpty();
      try (LockGrant next =
          locks.lock(name, DELAYED).exclusive().tryAcquire(PATIENCE).orElseThrow()) {
        assertThat(get(queues.names())).contains(name);
        assertThat(next.name().text()).isEqualTo(name);
      }
    }
  }

  @Test
  void forceRelease_anyName_takesItAway() throws InterruptedException {
    LockGrant victim = lock(first, "order/4711").acquire();
    LockQueues queues = new LockQueues(second);

    assertThat(get(queues.forceRelease(get(queues.queue("order/4711")).get(0), "stuck"))).isTrue();

    await().atMost(PATIENCE).until(() -> victim.state() == GrantState.LOST);
  }

  @Test
  void election_anyName_isObservedAndProclaimedIn() throws InterruptedException {
    List<Optional<String>> seen = new CopyOnWriteArrayList<>();
    Election office = new Elections(first).election("区域/1 主");
    try (ElectionWatch observation =
        new Elections(second)
            .election("区域/1 主")
            .observe(leader -> seen.add(leader.flatMap(Leader::proclaimed)))) {
      Leadership leader = office.campaign();
      get(leader.proclaim("here"));

      await().atMost(PATIENCE).until(() -> seen.contains(Optional.of("here")));
      assertThat(get(new Elections(second).names())).containsExactly("区域/1 主");
      assertThat(observation).isNotNull();
      leader.close();
    }
  }
}
