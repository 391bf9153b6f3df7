package io.holdfast.registry.internal.publication;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Watches over a published key: learns at once when it vanishes, and has it audited now and then,
 * for what a watch may miss. Used in the coordinator's context only.
 */
final class KeyWatch {

  private final Context context;
  private final Key key;
  private final Duration auditEvery;
  private final Consumer<Session> onVanished;
  private final Runnable audit;
  private Runnable stopAudit = () -> {};
  private CompletableFuture<Void> gone = CompletableFuture.completedFuture(null);

  KeyWatch(
      Context context, Key key, Duration auditEvery, Consumer<Session> onVanished, Runnable audit) {
    this.context = context;
    this.key = key;
    this.auditEvery = auditEvery;
    this.onVanished = onVanished;
    this.audit = audit;
  }

  /** Begins to audit, at intervals from three quarters to five quarters of the nominal one. */
  void audit() {
    long nominal = Durations.nanos(auditEvery);
    long jittered = nominal * 3 / 4 + context.random().nextLong(nominal / 2 + 1);
    stopAudit =
        context.schedule(
            Duration.ofNanos(jittered),
            () -> {
              audit.run();
              audit();
            });
  }

  /** Watches for the end of the key, unless it does already. */
  void watch(Session session) {
    if (gone.isDone()) {
      gone = session.gone(key);
      gone.thenRun(() -> onVanished.accept(session));
    }
  }

  void stopWatching() {
    gone.cancel(false);
  }

  void stop() {
    stopAudit.run();
    stopWatching();
  }
}
