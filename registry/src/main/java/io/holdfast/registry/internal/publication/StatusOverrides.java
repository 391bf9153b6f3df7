package io.holdfast.registry.internal.publication;

import io.holdfast.admin.AuditEntry;
import io.holdfast.admin.AuditTrail;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.internal.Backoff;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes operators' words, each with a note in the audit trail. Each is the same however often it
 * is written, so an unknown outcome is simply tried again, for as long as patience lasts; only the
 * note may then be there twice.
 */
public final class StatusOverrides {

  private static final Logger LOG = LoggerFactory.getLogger(StatusOverrides.class);

  private final Coordinator coordinator;
  private final Duration patience;
  private final AuditTrail trail;

  public StatusOverrides(Coordinator coordinator, Duration patience) {
    this.coordinator = coordinator;
    this.patience = patience;
    this.trail = new AuditTrail(coordinator);
  }

  public CompletableFuture<Void> set(Key instance, StatusOverride override) {
    Transaction put =
        Transaction.EMPTY.put(InstanceMarkers.override(instance), InstanceMarkers.encode(override));
    String subject = instance + " to " + override.status() + ", by " + override.by();
    return commit(put, AuditEntry.shortened("service.override", subject, override.why()))
        .thenRun(
            () ->
                LOG.info(
                    "{} is overridden to be {} by {}: {}",
                    instance,
                    override.status(),
                    printable(override.by()),
                    printable(override.why())));
  }

  /** False if there is nothing to clear. */
  public CompletableFuture<Boolean> clear(Key instance, String by, String why) {
    Key mark = InstanceMarkers.override(instance);
    return commit(
            Transaction.EMPTY.require(new Transaction.Exists(mark)).delete(mark),
            AuditEntry.shortened("service.clear-override", instance + ", by " + by, why))
        .thenApply(
            done -> {
              if (done) {
                LOG.info(
                    "{} is no longer overridden, says {}: {}",
                    instance,
                    printable(by),
                    printable(why));
              }
              return done;
            });
  }

  /** Removes the entry of an instance of any process. */
  public CompletableFuture<Void> deregister(Key instance, String by, String why) {
    return commit(
            Transaction.EMPTY.delete(instance),
            AuditEntry.shortened("service.deregister", instance + ", by " + by, why))
        .thenRun(
            () -> LOG.warn("{} is removed by {}: {}", instance, printable(by), printable(why)));
  }

  static String printable(String text) {
    return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
  }

  /** False if a guard did not hold, unless that may be for what an earlier try has done. */
  private CompletableFuture<Boolean> commit(Transaction transaction, AuditEntry entry) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Context context = coordinator.context();
    Runnable stop =
        context.schedule(
            patience,
            () ->
                done.completeExceptionally(
                    new UnavailableException(
                        "no answer within "
                            + Durations.text(patience)
                            + "; it may take effect yet: look")));
    done.whenComplete((result, failure) -> stop.run());
    attempt(transaction, entry, new Backoff(context.random()), false, done);
    return done;
  }

  private void attempt(
      Transaction transaction,
      AuditEntry entry,
      Backoff backoff,
      boolean perhapsDone,
      CompletableFuture<Boolean> done) {
    if (done.isDone()) {
      return;
    }
    coordinator
        .session()
        .thenCompose(
            session -> trail.noting(entry, transaction, session).thenCompose(session::commit))
        .whenComplete(
            (committed, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              if (cause == null) {
                done.complete(true);
              } else if (cause instanceof GuardFailedException) {
                done.complete(perhapsDone);
              } else if (mayPass(cause) && !coordinator.isClosed()) {
                boolean unsure = perhapsDone || !(cause instanceof UnavailableException);
                coordinator
                    .context()
                    .schedule(
                        backoff.next(), () -> attempt(transaction, entry, backoff, unsure, done));
              } else {
                done.completeExceptionally(cause);
              }
            });
  }

  private static boolean mayPass(Throwable cause) {
    return cause instanceof UnavailableException
        || cause instanceof IndeterminateException
        || cause instanceof SessionLostException;
  }
}
