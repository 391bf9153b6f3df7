package io.holdfast.etcd.internal.read;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.holdfast.etcd.internal.client.Backoff;
import io.holdfast.etcd.internal.session.SessionContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks, then watches from the next revision on; after any break it looks again.
 *
 * <p>Breaks are: an error or end of the stream, compaction, jetcd's own silent reconnection (it may
 * skip events, and shows only in a second word that the watch was created), and a stream that is
 * dead without a sign, which a fresh look at least once per TTL bounds. In the context.
 */
public final class WatchLoop {

  private static final int FIRST_PAUSE_PARTS = 20;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** What is followed. Called in the context. */
  public interface Subject {
    /**
     * Looks at the present state.
     *
     * @return the revision of it; if it fails, it is tried again
     */
    CompletableFuture<Long> look(Reader.Freshness freshness);

    /** Takes what has changed since. */
    void changed(List<WatchEvent> events, long revision);
  }

  private final SessionContext scope;
  private final ByteSequence key;
  private final Supplier<WatchOption.Builder> shape;
  private final Subject subject;

  private Reader.Freshness freshness = Reader.Freshness.SEQUENTIAL;
  private Duration pause;
  private @Nullable Stream stream;
  private Runnable cancelTimer = () -> {};
  private boolean stopped;

  public WatchLoop(
      SessionContext scope,
      ByteSequence key,
      Supplier<WatchOption.Builder> shape,
      Subject subject) {
    this.scope = scope;
    this.key = key;
    this.shape = shape;
    this.subject = subject;
    this.pause = firstPause();
  }

  private Duration firstPause() {
    Duration part = scope.ttl().dividedBy(FIRST_PAUSE_PARTS);
    return part.compareTo(LONGEST_PAUSE) < 0 ? part : LONGEST_PAUSE;
  }

  public void start() {
    look();
  }

  /** Ends it. Idempotent. */
  public void stop() {
    stopped = true;
    hangUp();
  }

  private void look() {
    hangUp();
    if (stopped) {
      return;
    }
    subject
        .look(freshness)
        .whenComplete(
            (revision, failure) -> {
              if (stopped) {
                return;
              }
              freshness = Reader.Freshness.LINEARIZABLE;
              if (failure != null) {
                lookLater();
              } else {
                watchFrom(revision + 1);
              }
            });
  }

  private void watchFrom(long revision) {
    Stream fresh = new Stream();
    stream = fresh;
    cancelTimer = scope.after(scope.ttl(), this::look);
    WatchOption option =
        shape.get().withRevision(revision).withCreateNotify(true).withRequireLeader(true).build();
    try {
      fresh.watcher = scope.connection().watch(key, option, fresh);
    } catch (RuntimeException e) {
      lookLater();
    }
  }

  /** At any time within the pause: a change of leader breaks everybody's watches at once. */
  private void lookLater() {
    hangUp();
    cancelTimer = scope.context().schedule(scope.context().spread(pause), this::look);
    pause = Backoff.next(pause, LONGEST_PAUSE);
  }

  private void hangUp() {
    cancelTimer.run();
    Stream old = stream;
    stream = null;
    if (old != null && old.watcher != null) {
      old.watcher.close();
    }
  }

  /** What jetcd calls, on gRPC's threads; everything is handed to the context in order. */
  private final class Stream implements Watch.Listener {

    /** Used in the context only. */
    private Watch.@Nullable Watcher watcher;

    /** Used in the context only. */
    private boolean created;

    @Override
    public void onNext(WatchResponse response) {
      scope
          .context()
          .execute(
              () -> {
                if (stream == this) {
                  received(response);
                }
              });
    }

    private void received(WatchResponse response) {
      if (response.isCreatedNotify()) {
        if (created) {
          lookLater();
        }
        created = true;
      } else if (!response.getEvents().isEmpty()) {
        pause = firstPause();
        subject.changed(response.getEvents(), response.getHeader().getRevision());
      }
    }

    @Override
    public void onError(Throwable failure) {
      broken();
    }

    @Override
    public void onCompleted() {
      broken();
    }

    private void broken() {
      scope
          .context()
          .execute(
              () -> {
                if (stream == this) {
                  lookLater();
                }
              });
    }
  }
}
