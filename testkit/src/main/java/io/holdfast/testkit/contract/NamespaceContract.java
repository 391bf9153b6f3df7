package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.Generations;
import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What begins alike is still not the same: namespaces, locks and directories. */
public abstract class NamespaceContract extends TwoClients {

  private Coordinator neighbour() {
    return owned(connect(namespace() + "2", options("neighbour")));
  }

  @Test
  void locks_namespaceBeginsAlike_areApart() throws InterruptedException {
    Coordinator neighbour = neighbour();
    LockGrant ours = new Locks(first).lock("till").exclusive().acquire();
    LockGrant theirs = new Locks(neighbour).lock("till").exclusive().tryAcquire().orElseThrow();
    LockGrant only = new Locks(neighbour).lock("safe").exclusive().acquire();

    assertThat(get(new LockQueues(first).names())).containsExactly("till");
    assertThat(get(new LockQueues(neighbour).names())).containsExactly("safe", "till");
    assertThat(get(new LockQueues(first).queue("till")))
        .singleElement()
        .extracting(QueueMember::since)
        .isEqualTo(ours.token().revision());
    get(new Generations(neighbour).raise(new Generation(0), new Generation(1), "test"));
    ours.close();
    LockGrant next = new Locks(second).lock("till").exclusive().acquire();
    assertThat(next.token().generation()).isEqualTo(ours.token().generation());
    List.of(next, theirs, only).forEach(LockGrant::close);
  }

  @Test
  void locks_nameBeginsAlike_areApart() throws InterruptedException {
    Locks locks = new Locks(first);
    LockQueues queues = new LockQueues(first);
    LockGrant svc = locks.lock("svc").exclusive().acquire();
    LockGrant svc2 = new Locks(second).lock("svc2").exclusive().tryAcquire().orElseThrow();
    LockGrant dotted = new Locks(second).lock("svc.2").exclusive().tryAcquire().orElseThrow();

    assertThat(get(queues.queue("svc")))
        .singleElement()
        .extracting(QueueMember::since)
        .isEqualTo(svc.token().revision());
    assertThat(get(queues.queue("sv"))).isEmpty();
    svc.close();
    assertThat(List.of(svc2, dotted)).allMatch(LockGrant::isHeld);
    assertThat(get(queues.queue("svc"))).isEmpty();
    List.of(svc2, dotted).forEach(LockGrant::close);
  }

  @Test
  void directory_nameBeginsAlike_isNeitherListedNorWatched() {
    Session session = first.current().orElseThrow();
    Key inside = Key.of("svc", "a");
    List<Snapshot> seen = new CopyOnWriteArrayList<>();
    Watch watch = session.watch(Key.of("svc"), seen::add);

    get(session.commit(Transaction.EMPTY.put(Key.of("svc2", "b"), Payload.EMPTY)));
    get(session.commit(Transaction.EMPTY.put(inside, Payload.EMPTY)));
    get(session.commit(Transaction.EMPTY.put(Key.of("svc.x", "c"), Payload.EMPTY)));

    Snapshot listed = get(session.list(Key.of("svc"), Consistency.LINEARIZABLE));
    assertThat(listed.entries()).extracting(Entry::key).containsExactly(inside);
    assertThat(get(session.names(Key.of("svc"), Consistency.LINEARIZABLE))).containsExactly("a");
    await().atMost(PATIENCE).until(() -> seen.stream().anyMatch(each -> !each.entries().isEmpty()));
    watch.close();
    assertThat(seen).flatExtracting(Snapshot::entries).extracting(Entry::key).containsOnly(inside);
  }
}
