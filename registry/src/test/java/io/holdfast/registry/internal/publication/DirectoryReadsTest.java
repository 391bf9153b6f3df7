package io.holdfast.registry.internal.publication;

import static io.holdfast.registry.ScriptedSession.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.ScriptedCluster;
import io.holdfast.registry.ScriptedSession;
import io.holdfast.registry.internal.format.HoldfastFormat;
import io.holdfast.spi.Snapshot;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Reads that are shared, and never older than the question. */
final class DirectoryReadsTest {

  private static final Key DIRECTORY = HoldfastFormat.DIRECTORY.child("s");

  private final ScriptedSession session = new ScriptedSession("s1", new ScriptedCluster());
  private final DirectoryReads sharedReads = new DirectoryReads();

  @Test
  void at_whileAReadIsUnderWay_sharesTheNextOne() {
    CompletableFuture<Snapshot> first = sharedReads.at(session, DIRECTORY);
    CompletableFuture<Void> second = sharedReads.at(session, DIRECTORY).thenAccept(HoldOn::keep);
    CompletableFuture<Void> third = sharedReads.at(session, DIRECTORY).thenAccept(HoldOn::keep);
    assertThat(session.lists).hasSize(1);

    session.lists.remove().complete(snapshot(1));
    assertThat(first).isDone();
    assertThat(second).isNotDone();
    assertThat(session.lists).hasSize(1);

    session.lists.remove().complete(snapshot(2));
    assertThat(second).isCompleted();
    assertThat(third).isCompleted();
    assertThat(session.lists).isEmpty();
  }

  @Test
  void at_readFails_failsThoseWhoSharedItAndTheNextBeginsAnew() {
    sharedReads.at(session, DIRECTORY);
    CompletableFuture<Void> second = sharedReads.at(session, DIRECTORY).thenAccept(HoldOn::keep);
    session.lists.remove().complete(snapshot(1));
    session.lists.remove().completeExceptionally(new UnavailableException("for the test"));
    assertThat(second).isCompletedExceptionally();

    sharedReads.at(session, DIRECTORY);

    assertThat(session.lists).hasSize(1);
  }

  /** Somebody who depends on the answer. */
  private static final class HoldOn {
    static void keep(Snapshot snapshot) {
      assertThat(snapshot).isNotNull();
    }
  }
}
