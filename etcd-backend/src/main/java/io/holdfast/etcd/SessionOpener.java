package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.etcd.internal.client.Backoff;
import io.holdfast.etcd.internal.client.Connection;
import io.holdfast.etcd.internal.client.Failures;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.session.KeepAlive;
import io.holdfast.etcd.internal.session.Presence;
import io.holdfast.etcd.internal.session.SeenRevision;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Session;
import io.holdfast.spi.SessionLife;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way to a session: one lease, one put of the presence key. If either goes wrong the next
 * attempt takes another lease, so that a put which comes late finds its lease revoked or expired.
 * In the context.
 */
final class SessionOpener {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);

  private final Context context;
  private final Connection connection;
  private final Keyspace keyspace;
  private final CoordinatorOptions options;
  private final Owner owner;
  private final long deadline;
  private final CompletableFuture<Session> opened = new CompletableFuture<>();

  private Duration pause = FIRST_PAUSE;

  /** What keeps us from the servers, as far as was found out. */
  private @Nullable String obstacle;

  SessionOpener(
      Context context,
      Connection connection,
      Keyspace keyspace,
      CoordinatorOptions options,
      Owner owner) {
    this.context = context;
    this.connection = connection;
    this.keyspace = keyspace;
    this.options = options;
    this.owner = owner;
    // Whoever waits as long as that is to be told why, and not only that it took too long.
    Duration time = options.connectTimeout().dividedBy(5).multipliedBy(4);
    this.deadline = context.nanoTime() + Durations.nanos(time);
  }

  CompletableFuture<Session> opened() {
    return opened;
  }

  /** How the servers answer while there is no session. */
  void reached(String how) {
    obstacle = how;
  }

  void start() {
    long sentAt = context.nanoTime();
    connection
        .grant(seconds(options.sessionTimeout()), timeout())
        .whenComplete(
            (granted, failure) -> {
              if (failure == null) {
                publish(sentAt, granted);
              } else {
                again(failure);
              }
            });
  }

  private void publish(long sentAt, LeaseGrantResponse granted) {
    long lease = granted.getID();
    ByteSequence key = keyspace.bytes(Key.of("sessions", Long.toHexString(lease)));
    ByteSequence value = ByteSequence.from(owner.encode().bytes());
    connection
        .write(
            List.of(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0))),
            List.of(Op.put(key, value, PutOption.builder().withLeaseId(lease).build())),
            List.of(),
            timeout())
        .whenComplete(
            (reply, failure) -> {
              if (failure == null && reply.isSucceeded()) {
                long revision = reply.getHeader().getRevision();
                Duration ttl = Duration.ofSeconds(granted.getTTL());
                open(sentAt, ttl, new Presence.Lease(lease, key, value, revision));
                return;
              }
              connection.revoke(lease, options.requestTimeout());
              again(
                  failure == null
                      ? new UnavailableException("the presence key is taken: " + key)
                      : Failures.isFull(failure) ? Failures.full(failure) : failure);
            });
  }

  private void open(long sentAt, Duration ttl, Presence.Lease owned) {
    SeenRevision seen = new SeenRevision();
    seen.raise(owned.modified());
    SessionLife life =
        new SessionLife(context, Long.toHexString(owned.id()), KeepAlive.deadline(sentAt, ttl));
    SessionContext scope =
        new SessionContext(connection, context, life, seen, ttl, options.requestTimeout());
    EtcdSession session = new EtcdSession(scope, keyspace, owned);
    session.start();
    opened.complete(session);
  }

  private void again(Throwable failure) {
    if (failure instanceof AccessRefusedException || failure instanceof StoreFullException) {
      opened.completeExceptionally(failure);
      return;
    }
    if (opened.isDone()) {
      return;
    }
    if (!Failures.isNoConnection(failure)) {
      obstacle = null;
    }
    Duration wait = context.jittered(pause);
    if (context.nanoTime() + Durations.nanos(wait) - deadline >= 0) {
      String why = obstacle;
      opened.completeExceptionally(
          why == null
              ? new UnavailableException(String.valueOf(failure.getMessage()), failure)
              : new UnavailableException(why));
      return;
    }
    pause = Backoff.next(pause, LONGEST_PAUSE);
    context.schedule(wait, this::start);
  }

  private Duration timeout() {
    long left = Math.max(deadline - context.nanoTime(), Durations.nanos(SHORTEST_TIMEOUT));
    return Duration.ofNanos(Math.min(left, Durations.nanos(options.requestTimeout())));
  }

  /** Leases count in seconds; ours lasts at least as long as asked for. */
  static long seconds(Duration timeout) {
    return timeout.plusSeconds(1).minusNanos(1).toSeconds();
  }
}
