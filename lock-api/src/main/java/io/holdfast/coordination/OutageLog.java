package io.holdfast.coordination;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of a coordinator's sessions, and of an outage in three ways only: a line when it
 * begins, one a minute while it lasts, and one when it ends. All three are warnings, so that
 * whoever sees one begin sees it end.
 *
 * <p>An outage begins when a session is suspended or lost, or cannot be opened; it ends when a
 * session is active. Used in the context only.
 */
final class OutageLog {

  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Context context;
  private final String name;

  /** True from the beginning of an outage to its end, in which alone the three below count. */
  private boolean lasts;

  private long began;
  private String why = "";

  /** The session that was lost in it, and how; empty while there is none. */
  private String loss = "";

  private Runnable cancelTimer = () -> {};

  /** {@code name} is what messages call the cluster. */
  OutageLog(Context context, String name) {
    this.context = context;
    this.name = name;
  }

  /** A session is there for the first time. */
  void opened(Session session) {
    String open = "session " + session.id() + " with " + name + " is open";
    if (lasts) {
      LOG.warn("{} after {}{}", open, age(), loss);
    } else {
      LOG.info("{}; it lasts {} without an answer", open, Durations.text(session.timeout()));
    }
    stop();
  }

  /** A session that is there stands otherwise than before. */
  void changed(Session session, SessionState state) {
    if (state == SessionState.SUSPENDED && begins("no answer")) {
      LOG.warn(
          "no answer from {}: session {} is lost{} unless one comes",
          name,
          session.id(),
          soon(session.remaining()));
    } else if (state == SessionState.ACTIVE && lasts) {
      LOG.warn("{} answers again after {}: session {} goes on", name, age(), session.id());
      stop();
    }
  }

  /** Empty of one at rest, whose life nobody has proven for as long as that did not matter. */
  private static String soon(Duration remaining) {
    return remaining.toSeconds() < 1 ? "" : " in " + Durations.text(remaining);
  }

  /** A session is lost, and the next is to be opened. */
  void lost(Session session, LossReason reason) {
    loss = ", in which session " + session.id() + " was lost: " + reason;
    if (begins("session " + session.id() + " was lost: " + reason)) {
      LOG.warn("session {} with {} is lost: {}; opening the next", session.id(), name, reason);
    } else {
      LOG.debug("session {} with {} is lost: {}", session.id(), name, reason);
    }
  }

  /** A session could not be opened; it is tried again. */
  void notOpened(@Nullable String failure) {
    String cause = String.valueOf(failure);
    if (begins(cause)) {
      LOG.warn("no session with {} yet, trying again: {}", name, cause);
    } else {
      LOG.debug("no session with {} yet: {}", name, cause);
    }
    why = cause;
  }

  /** There is nothing more to tell, of this outage or because all is closed. */
  void stop() {
    lasts = false;
    loss = "";
    cancelTimer.run();
  }

  /** False if one lasts already. */
  private boolean begins(String cause) {
    if (lasts) {
      return false;
    }
    lasts = true;
    began = context.nanoTime();
    why = cause;
    cancelTimer = context.schedule(EVERY, this::remind);
    return true;
  }

  private void remind() {
    if (lasts) {
      LOG.warn("still no session with {} that answers after {}: {}", name, age(), why);
      cancelTimer = context.schedule(EVERY, this::remind);
    }
  }

  private String age() {
    return Durations.text(Duration.ofNanos(context.nanoTime() - began));
  }
}
