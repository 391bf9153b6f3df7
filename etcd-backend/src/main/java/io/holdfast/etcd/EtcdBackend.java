package io.holdfast.etcd;

import io.etcd.jetcd.Client;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.etcd.internal.client.Connection;
import io.holdfast.etcd.internal.client.Security;
import io.holdfast.etcd.internal.inspect.AnonymousTrial;
import io.holdfast.etcd.internal.inspect.Examination;
import io.holdfast.etcd.internal.inspect.VersionCheck;
import io.holdfast.etcd.internal.read.Keyspace;
import io.holdfast.etcd.internal.session.SeenRevision;
import io.holdfast.etcd.internal.session.SessionContext;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An etcd cluster, reached through a jetcd client per server or the application's one. */
final class EtcdBackend implements Backend {

  private static final Duration LONGEST_READING = Duration.ofDays(3_650);

  /** Opens a connection without credentials; empty if the client is the application's. */
  private final Optional<Supplier<Connection>> anonymous;

  private final CoordinatorOptions options;
  private final EventLoop context;
  private final Connection connection;
  private final Keyspace keyspace;

  /** Used in the context only. */
  private boolean versionsChecked;

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
    SessionOpener opener = new SessionOpener(context, connection, keyspace, options, owner);
    context.execute(opener::start);
    diagnose(opener.opened(), opener::reached);
    return opener.opened().whenComplete((session, failure) -> checkVersions(failure));
  }

  private void checkVersions(@Nullable Throwable failure) {
    if (failure == null && !versionsChecked && !connection.isApplications()) {
      versionsChecked = true;
      new VersionCheck(connection, options.requestTimeout()).start();
    }
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
    diagnose(opened, reached -> {});
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

  private void diagnose(CompletableFuture<?> opened, Consumer<String> obstacle) {
    if (!connection.isApplications()) {
      new ConnectDiagnosis(
              context,
              connection.hosts(),
              connection::tlsProblem,
              () -> !opened.isDone(),
              obstacle,
              why -> opened.completeExceptionally(new AccessRefusedException(why)))
          .start(options.connectTimeout());
    }
  }

  @Override
  public void close() {
    context.execute(connection::close);
    context.close();
  }
}
