package io.holdfast.coordination.internal;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.SessionState;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells the log of a coordinator's sessions, and of an outage in three ways only: a line when it
 * begins, one a minute while it lasts, and one when it ends. All three are warnings, so a log that
 * shows the beginning also shows the end. Of outages in quick succession only the first is logged
 * in this way; the others are logged once a minute, by their number. The loss of a session is
 * always logged.
 *
 * <p>An outage begins when a session is suspended or lost, or cannot be opened; it ends when a
 * session is active. Used in the context only.
 */
public final class OutageLog {

  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Context context;
  private final String name;

  /** True from the beginning of an outage to its end, in which alone the three below count. */
  private boolean lasts;

  /** True if its beginning was told, so that its end is to be. */
  private boolean told;

  /** When the last beginning was told, and how many came within a minute after it. */
  private long lastTold;

  private int untold;
  private Runnable cancelSummary = () -> {};

  private long began;
  private String why = "";

  /** The session that was lost in it, and how; empty while there is none. */
  private String loss = "";

  private Runnable cancelTimer = () -> {};

  /** {@code name} is what messages call the cluster. */
  public OutageLog(Context context, String name) {
    this.context = context;
    this.name = name;
    this.lastTold = context.nanoTime() - Durations.nanos(EVERY);
  }

  /** A session is there for the first time. */
  public void opened(Session session) {
    String open = "session " + session.id() + " with " + name + " is open";
    if (lasts) {
      LOG.atLevel(told || !loss.isEmpty() ? Level.WARN : Level.DEBUG)
          .log("{} after {}{}", open, age(), loss);
    } else {
      LOG.info("{}; it lasts {} without an answer", open, Durations.text(session.timeout()));
    }
    over();
  }

  /** A session that is there stands otherwise than before. */
  public void changed(Session session, SessionState state) {
    if (state == SessionState.SUSPENDED && begins("no answer")) {
      LOG.atLevel(level())
          .log(
              "no answer from {}: session {} is lost{} unless one comes",
              name,
              session.id(),
              soon(session.remaining()));
    } else if (state == SessionState.ACTIVE && lasts) {
      LOG.atLevel(level())
          .log("{} answers again after {}: session {} goes on", name, age(), session.id());
      over();
    }
  }

  /** Empty of one at rest, whose life nobody has proven for as long as that did not matter. */
  private static String soon(Duration remaining) {
    return remaining.toSeconds() < 1 ? "" : " in " + Durations.text(remaining);
  }

  /** A session is lost, and the next is to be opened. */
  public void lost(Session session, LossReason reason) {
    loss = ", in which session " + session.id() + " was lost: " + reason;
    if (begins("session " + session.id() + " was lost: " + reason)) {
      told = true;
      LOG.warn("session {} with {} is lost: {}; opening the next", session.id(), name, reason);
    } else {
      LOG.debug("session {} with {} is lost: {}", session.id(), name, reason);
    }
  }

  /** A session could not be opened; it is tried again. */
  public void notOpened(@Nullable String failure) {
    String cause = String.valueOf(failure);
    if (begins(cause)) {
      LOG.atLevel(level()).log("no session with {} yet, trying again: {}", name, cause);
    } else {
      LOG.debug("no session with {} yet: {}", name, cause);
    }
    why = cause;
  }

  /** There is nothing more to tell of this outage. */
  private void over() {
    lasts = false;
    loss = "";
    cancelTimer.run();
  }

  /** There is nothing more to tell, for all is closed. */
  public void stop() {
    over();
    cancelSummary.run();
  }

  private Level level() {
    return told ? Level.WARN : Level.DEBUG;
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
    long left = lastTold + Durations.nanos(EVERY) - began;
    told = left <= 0;
    if (told) {
      lastTold = began;
    } else if (untold++ == 0) {
      cancelSummary = context.schedule(Duration.ofNanos(left), this::summary);
    }
    return true;
  }

  private void summary() {
    LOG.warn(
        "{} was away {} more times within a minute, {}",
        name,
        untold,
        lasts ? "and is: " + why : "and answers again");
    told |= lasts;
    lastTold = context.nanoTime();
    untold = 0;
  }

  private void remind() {
    if (lasts) {
      told = true;
      LOG.warn("still no session with {} that answers after {}: {}", name, age(), why);
      cancelTimer = context.schedule(EVERY, this::remind);
    }
  }

  private String age() {
    return Durations.text(Duration.ofNanos(context.nanoTime() - began));
  }
}
