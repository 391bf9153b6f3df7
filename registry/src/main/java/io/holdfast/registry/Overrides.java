package io.holdfast.registry;

import io.holdfast.coordination.Context;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes operators' words. Each is the same however often it is written, so an unknown outcome is
 * simply tried again, for as long as patience lasts.
 */
final class Overrides {

  private static final Logger LOG = LoggerFactory.getLogger(Overrides.class);

  private final Coordinator coordinator;
  private final Duration patience;

  Overrides(Coordinator coordinator, Duration patience) {
    this.coordinator = coordinator;
    this.patience = patience;
  }

  CompletableFuture<Void> set(Key instance, StatusOverride override) {
    Transaction put = Transaction.EMPTY.put(Marks.override(instance), Marks.encode(override));
    return commit(put)
        .thenRun(
            () ->
                LOG.info(
                    "{} is overridden to be {} by {}: {}",
                    instance,
                    override.status(),
                    printable(override.by()),
                    printable(override.why())));
  }

  CompletableFuture<Void> clear(Key instance, String by) {
    return commit(Transaction.EMPTY.delete(Marks.override(instance)))
        .thenRun(() -> LOG.info("{} is no longer overridden, says {}", instance, printable(by)));
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private CompletableFuture<Void> commit(Transaction transaction) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Context context = coordinator.context();
    Runnable stop =
        context.schedule(
            patience,
            () ->
                done.completeExceptionally(
                    new UnavailableException(
                        "no answer within " + patience + "; it may take effect yet: look")));
    done.whenComplete((result, failure) -> stop.run());
    attempt(transaction, new Backoff(context.random()), done);
    return done;
  }

  private void attempt(Transaction transaction, Backoff backoff, CompletableFuture<Void> done) {
    if (done.isDone()) {
      return;
    }
    coordinator
        .session()
        .thenCompose(session -> session.commit(transaction))
        .whenComplete(
            (committed, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              if (cause == null) {
                done.complete(null);
              } else if (cause instanceof UnavailableException
                  || cause instanceof IndeterminateException
                  || cause instanceof SessionLostException) {
                coordinator
                    .context()
                    .schedule(backoff.next(), () -> attempt(transaction, backoff, done));
              } else {
                done.completeExceptionally(cause);
              }
            });
  }
}
