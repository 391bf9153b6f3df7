package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.testkit.memory.Faults.Direction;
import io.holdfast.testkit.memory.Faults.Fate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A commit whose reply is lost together with the session may have taken effect. */
final class LostCommitTest {

  private static final CoordinatorOptions OPTIONS = CoordinatorOptions.defaults();
  private static final Key KEY = Key.of("d", "k");

  private final VirtualTime time = new VirtualTime(1);
  private final MemoryCluster cluster = MemoryCluster.on(time);

  private Session session(String client) {
    Coordinator coordinator =
        Coordinator.start(cluster.client(client, OPTIONS), OPTIONS, "lost commit");
    return done(coordinator.session());
  }

  private <T> T done(CompletableFuture<T> future) {
    Duration patience = OPTIONS.sessionTimeout().multipliedBy(3);
    assertThat(time.runUntil(future::isDone, patience)).isTrue();
    return future.join();
  }

  @Test
  void commit_repliesLostUntilTheSessionIs_isIndeterminateAndMayBeThere() {
    Session writer = session("writer");
    cluster.faults(
        (client, message) ->
            client.equals("writer") && message.direction() == Direction.REPLY
                ? Fate.LOST
                : Fate.ARRIVES);

    CompletableFuture<?> commit =
        writer.commit(Transaction.EMPTY.put(KEY, Payload.utf8("there"))).handle((ok, why) -> why);

    assertThat(done(commit)).isInstanceOf(IndeterminateException.class);
    Snapshot found = done(session("reader").list(Key.of("d"), Consistency.LINEARIZABLE));
    assertThat(found.entries()).hasSize(1);
  }
}
