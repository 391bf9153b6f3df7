package io.holdfast.registry.internal.publication;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.registry.internal.Backoff;
import io.holdfast.spi.Context;
import io.holdfast.spi.Session;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one request at a time to the present session, and sorts its failures. Answers of earlier
 * sessions are ignored. Used in the coordinator's context only.
 */
final class SessionRequests {

  private static final Logger LOG = LoggerFactory.getLogger(SessionRequests.class);

  /** The caller. */
  interface Asker {
    /** A write may or may not have happened, or something is not as it was thought to be. */
    void unsure();

    /** Decides what to ask next. */
    void reconcile();

    /** The session has ended; nothing can be asked until the next. */
    void sessionOver();
  }

  private final Context context;
  private final Asker asker;
  private final Backoff backoff;
  private @Nullable Session session;
  private boolean busy;

  SessionRequests(Context context, Asker asker) {
    this.context = context;
    this.asker = asker;
    this.backoff = new Backoff(context.random());
  }

  /** The session, if there is one. */
  @Nullable Session session() {
    return session;
  }

  boolean isBusy() {
    return busy;
  }

  void begin(Session next) {
    session = next;
    busy = false;
    next.lost().whenComplete((reason, none) -> context.execute(() -> over(next)));
  }

  private void over(Session lost) {
    if (session == lost) {
      session = null;
      busy = false;
      asker.sessionOver();
    }
  }

  /** Everything is as it should be: the next failure is a first one. */
  void allIsWell() {
    backoff.reset();
  }

  /** Waits for the answer to a question to {@code asked}, and retries for as long as it fails. */
  <T> void ask(Session asked, CompletableFuture<T> question, Consumer<? super T> onSuccess) {
    busy = true;
    question.whenComplete((answer, failure) -> answered(asked, answer, failure, onSuccess));
  }

  private <T> void answered(
      Session asked, T answer, @Nullable Throwable failure, Consumer<? super T> onSuccess) {
    if (asked != session) {
      return;
    }
    busy = false;
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause == null) {
      onSuccess.accept(answer);
    } else if (cause instanceof SessionLostException) {
      over(asked);
    } else if (cause instanceof GuardFailedException || cause instanceof IndeterminateException) {
      asker.unsure();
      retry(cause, backoff.isFresh());
    } else {
      retry(cause, false);
    }
  }

  /** Looks at once after a first surprise, and waits a while after more. */
  private void retry(Throwable cause, boolean atOnce) {
    LOG.debug("not as it should be, trying again", cause);
    var pause = backoff.next();
    if (atOnce) {
      asker.reconcile();
    } else {
      context.schedule(pause, asker::reconcile);
    }
  }
}
