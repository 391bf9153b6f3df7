package io.holdfast.config;

import io.holdfast.admin.AuditEntry;
import io.holdfast.admin.AuditTrail;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One edit, until it is made or refused, or the patience is over.
 *
 * <p>Each attempt reads the group and the history, and commits on the condition that the setting is
 * as it was read. All attempts carry the same id, which is kept with the version. So after a lost
 * reply, the next attempt looks for that id in the history first; and an attempt whose request is
 * still on its way fails by its condition once another has succeeded. So the edit is made once at
 * most. If so many edits of others came in between that the history no longer reaches back to that
 * attempt, the outcome stays unknown.
 */
final class EditAttempts {

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Coordinator coordinator;
  private final Context context;
  private final ConfigOptions options;
  private final ConfigEdit edit;
  private final String id = UUID.randomUUID().toString();
  private final CompletableFuture<ConfigVersion> done = new CompletableFuture<>();

  /** An attempt may have taken effect, or may yet. Used in the context only, as are those below. */
  private boolean unsure;

  /** The version that the latest attempt was to make; counts while {@link #unsure}. */
  private long tried;

  /** Where the setting stood when a condition of an attempt did not hold. */
  private @Nullable Revision refusedAt;

  private Duration pause = SHORTEST_PAUSE;

  EditAttempts(Coordinator coordinator, ConfigOptions options, ConfigEdit edit) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.options = options;
    this.edit = edit;
  }

  /** To be called once. */
  CompletableFuture<ConfigVersion> run() {
    Runnable stop = context.schedule(options.patience(), this::giveUp);
    done.whenComplete((version, failure) -> stop.run());
    context.execute(this::attempt);
    return done;
  }

  private void giveUp() {
    String when = "no answer within " + Durations.text(options.patience());
    done.completeExceptionally(
        unsure
            ? new IndeterminateException(when + "; " + edit + " may have been made: look")
            : new UnavailableException(when + ", and " + edit + " was not made"));
  }

  private void attempt() {
    if (done.isDone()) {
      return;
    }
    coordinator
        .session()
        .thenCompose(
            session ->
                session
                    .list(ConfigKey.current(edit.key().group()), Consistency.LINEARIZABLE)
                    .thenCombine(
                        session.list(edit.key().history(), Consistency.LINEARIZABLE),
                        (group, history) -> new EditPlan(options, edit, group, history))
                    .thenAccept(plan -> commit(session, plan)))
        .exceptionally(
            failure -> {
              failed(failure);
              return null;
            });
  }

  private void commit(Session session, EditPlan plan) {
    Optional<ConfigVersion> made = plan.madeBy(id);
    if (made.isPresent()) {
      done.complete(made.get());
      return;
    }
    if (unsure && plan.hasForgotten(tried)) {
      done.completeExceptionally(
          new IndeterminateException(
              edit + " may have been made, and the history no longer reaches back so far"));
      return;
    }
    if (plan.seen().equals(refusedAt)) {
      throw new GuardFailedException(
          "the lock under which " + edit + " was to be made is no longer held");
    }
    ConfigVersion next = plan.next(coordinator.options().owner());
    Transaction writes = plan.transaction(next, id);
    boolean before = unsure;
    unsure = true;
    tried = next.version();
    noted(writes, next, session)
        .thenCompose(session::commit)
        .whenComplete(
            (committed, failure) -> {
              if (failure == null) {
                done.complete(EditPlan.at(next, committed.revision()));
                return;
              }
              Throwable cause = cause(failure);
              if (cause instanceof GuardFailedException) {
                unsure = before;
                refusedAt = plan.seen();
                again();
              } else {
                unsure = before || !(cause instanceof UnavailableException);
                failed(cause);
              }
            });
  }

  private CompletableFuture<Transaction> noted(
      Transaction writes, ConfigVersion next, Session session) {
    if (edit.operator().isEmpty()) {
      return CompletableFuture.completedFuture(writes);
    }
    String subject =
        "%s to version %d, by %s".formatted(edit, next.version(), edit.operator().get());
    return new AuditTrail(coordinator)
        .noting(AuditEntry.shortened("config.edit", subject, edit.reason()), writes, session);
  }

  private void failed(Throwable failure) {
    Throwable cause = cause(failure);
    boolean mayPass =
        cause instanceof UnavailableException
            || cause instanceof IndeterminateException
            || cause instanceof SessionLostException;
    if (mayPass && !(cause instanceof StoreFullException) && !coordinator.isClosed()) {
      again();
    } else {
      done.completeExceptionally(cause);
    }
  }

  private void again() {
    context.schedule(context.jittered(pause), this::attempt);
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
