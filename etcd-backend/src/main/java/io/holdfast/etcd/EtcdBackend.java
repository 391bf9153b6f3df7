package io.holdfast.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Backend;
import io.holdfast.spi.ConnectDiagnosis;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.EventLoop;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Session;
import io.holdfast.spi.SessionLife;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An etcd cluster, reached through a jetcd client per server or the application's one. */
final class EtcdBackend implements Backend {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_READING = Duration.ofDays(3_650);

  /** Opens a connection without credentials; empty if the client is the application's. */
  private final Optional<Supplier<Connection>> anonymous;

  private final CoordinatorOptions options;
  private final EventLoop context;
  private final Connection connection;
  private final Keyspace keyspace;

  /** Used in the context only, as is the one below. */
  private boolean versionsChecked;

  /** What keeps us from the servers, as far as was found out while there is no session. */
  private @Nullable String obstacle;

  EtcdBackend(ClusterUri uri, CoordinatorOptions options, Security security) {
    this.options = options;
    this.context = loop(uri.namespace(), options);
    this.connection = new Connection(uri, options.connectTimeout(), security, context);
    this.anonymous =
        Optional.of(
            () ->
                new Connection(
                    uri,
                    options.connectTimeout(),
                    security.anonymous(uri, options.credentials()),
                    context));
    this.keyspace = new Keyspace(uri.namespace());
  }

  /** Over the application's client. */
  EtcdBackend(Client application, Key namespace, CoordinatorOptions options) {
    this.options = options;
    this.context = loop(namespace, options);
    this.connection = new Connection(application, context);
    this.anonymous = Optional.empty();
    this.keyspace = new Keyspace(namespace);
  }

  private static EventLoop loop(Key namespace, CoordinatorOptions options) {
    return new EventLoop("holdfast-etcd-" + namespace, options.sessionTimeout().dividedBy(5));
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public CompletableFuture<Session> openSession(Owner owner) {
    CompletableFuture<Session> opened = new CompletableFuture<>();
    // Whoever waits as long as that is to be told why, and not only that it took too long.
    Duration time = options.connectTimeout().dividedBy(5).multipliedBy(4);
    long deadline = context.nanoTime() + Durations.nanos(time);
    context.execute(() -> attempt(owner, deadline, FIRST_PAUSE, opened));
    diagnose(opened);
    return opened;
  }

  @Override
  public CompletableFuture<EtcdReader> openReader(Owner owner) {
    CompletableFuture<EtcdReader> opened = new CompletableFuture<>();
    context.execute(
        () -> {
          // It does not end before it is closed.
          SessionLife life =
              new SessionLife(
                  context, "reader", context.nanoTime() + Durations.nanos(LONGEST_READING));
          SessionContext scope =
              new SessionContext(
                  connection,
                  context,
                  life,
                  new SeenRevision(),
                  LONGEST_READING,
                  options.requestTimeout());
          Futures.pass(new EtcdReader(scope, keyspace).answered(), opened);
        });
    diagnose(opened);
    return opened;
  }

  @Override
  public CompletableFuture<List<Finding>> examine() {
    if (anonymous.isEmpty()) {
      return CompletableFuture.completedFuture(
          List.of(
              Finding.warning(
                  "servers",
                  "not examined: the client and its credentials are the application's",
                  "examine them with 'holdfast doctor' and their address")));
    }
    Connection nobodys = anonymous.get().get();
    Duration half = options.connectTimeout().dividedBy(2);
    Duration timeout =
        half.compareTo(options.requestTimeout()) < 0 ? half : options.requestTimeout();
    CompletableFuture<List<Finding>> findings = new CompletableFuture<>();
    context.execute(
        () ->
            new Examination(connection, timeout)
                .start()
                .thenCombine(anonymous(nobodys, timeout), EtcdBackend::plus)
                .whenComplete(
                    (found, failure) -> findings.complete(failure == null ? found : List.of())));
    return findings;
  }

  private CompletableFuture<Optional<Finding>> anonymous(Connection nobodys, Duration timeout) {
    return new AnonymousTrial(nobodys, keyspace, timeout)
        .start()
        .whenComplete((found, failure) -> context.execute(nobodys::close));
  }

  private static List<Finding> plus(List<Finding> findings, Optional<Finding> one) {
    List<Finding> all = new ArrayList<>(findings);
    one.ifPresent(all::add);
    return all;
  }

  private void diagnose(CompletableFuture<?> opened) {
    if (!connection.isApplications()) {
      new ConnectDiagnosis(
              context,
              connection.hosts(),
              connection::tlsProblem,
              () -> !opened.isDone(),
              reached -> obstacle = reached,
              why -> opened.completeExceptionally(new AccessRefusedException(why)))
          .start(options.connectTimeout());
    }
  }

  /**
   * One lease, one put. If either goes wrong the next attempt takes another lease, so that a put
   * which comes late finds its lease revoked or expired.
   */
  private void attempt(
      Owner owner, long deadline, Duration pause, CompletableFuture<Session> opened) {
    long sentAt = context.nanoTime();
    connection
        .grant(seconds(options.sessionTimeout()), timeout(deadline))
        .whenComplete(
            (granted, failure) -> {
              if (failure == null) {
                publish(owner, sentAt, granted, deadline, pause, opened);
              } else {
                again(failure, owner, deadline, pause, opened);
              }
            });
  }

  private void publish(
      Owner owner,
      long sentAt,
      LeaseGrantResponse granted,
      long deadline,
      Duration pause,
      CompletableFuture<Session> opened) {
    long lease = granted.getID();
    ByteSequence key = keyspace.bytes(Key.of("sessions", Long.toHexString(lease)));
    ByteSequence value = ByteSequence.from(owner.encode().bytes());
    connection
        .write(
            List.of(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0))),
            List.of(Op.put(key, value, PutOption.builder().withLeaseId(lease).build())),
            List.of(),
            timeout(deadline))
        .whenComplete(
            (reply, failure) -> {
              if (failure == null && reply.isSucceeded()) {
                long revision = reply.getHeader().getRevision();
                obstacle = null;
                opened.complete(
                    session(
                        sentAt,
                        Duration.ofSeconds(granted.getTTL()),
                        new Presence.Lease(lease, key, value, revision)));
                return;
              }
              connection.revoke(lease, options.requestTimeout());
              again(
                  failure == null
                      ? new UnavailableException("the presence key is taken: " + key)
                      : Failures.isFull(failure) ? Failures.full(failure) : failure,
                  owner,
                  deadline,
                  pause,
                  opened);
            });
  }

  private EtcdSession session(long sentAt, Duration ttl, Presence.Lease owned) {
    if (!versionsChecked && !connection.isApplications()) {
      versionsChecked = true;
      new VersionCheck(connection, options.requestTimeout()).start();
    }
    SeenRevision seen = new SeenRevision();
    seen.raise(owned.modified());
    SessionLife life =
        new SessionLife(context, Long.toHexString(owned.id()), KeepAlive.deadline(sentAt, ttl));
    SessionContext scope =
        new SessionContext(connection, context, life, seen, ttl, options.requestTimeout());
    EtcdSession session = new EtcdSession(scope, keyspace, owned);
    session.start();
    return session;
  }

  private void again(
      Throwable failure,
      Owner owner,
      long deadline,
      Duration pause,
      CompletableFuture<Session> opened) {
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
    context.schedule(
        wait, () -> attempt(owner, deadline, Backoff.next(pause, LONGEST_PAUSE), opened));
  }

  private Duration timeout(long deadline) {
    long left = Math.max(deadline - context.nanoTime(), Durations.nanos(Duration.ofMillis(1)));
    return Duration.ofNanos(Math.min(left, Durations.nanos(options.requestTimeout())));
  }

  /** Leases count in seconds; ours lasts at least as long as asked for. */
  static long seconds(Duration timeout) {
    return timeout.plusSeconds(1).minusNanos(1).toSeconds();
  }

  @Override
  public void close() {
    context.execute(connection::close);
    context.close();
  }
}
