package io.holdfast.zookeeper;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Context;
import io.holdfast.spi.EventLoop;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Session;
import io.holdfast.zookeeper.internal.client.AbandonedSessions;
import io.holdfast.zookeeper.internal.client.ApplicationClient;
import io.holdfast.zookeeper.internal.client.Client;
import io.holdfast.zookeeper.internal.client.Connection;
import io.holdfast.zookeeper.internal.client.OwnClient;
import io.holdfast.zookeeper.internal.client.Security;
import io.holdfast.zookeeper.internal.inspect.Examination;
import io.holdfast.zookeeper.internal.read.Paths;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * A ZooKeeper ensemble. Each session has a connection of its own, or one by way of the
 * application's client; all share one context.
 */
final class ZooKeeperBackend implements Backend {

  private final String servers;
  private final Paths paths;
  private final CoordinatorOptions options;
  private final Security security;
  private final EventLoop loop;
  private final AbandonedSessions leftovers;
  private final List<ACL> acl;
  private final @Nullable CuratorFramework application;

  /** What ends each thing that is under way. Used in the context only, as is the one below. */
  private final Set<Runnable> underWay = new LinkedHashSet<>();

  private boolean closed;

  /** Done when nothing of the latest session by way of the application's client is left. */
  private CompletableFuture<Void> cleared = CompletableFuture.completedFuture(null);

  /** Over connections of its own. */
  ZooKeeperBackend(String servers, Paths paths, CoordinatorOptions options, Security security) {
    this(servers, paths, options, security, security.acl(), null);
  }

  /** Over the application's client, if there is one. Nodes are made with {@code acl}. */
  ZooKeeperBackend(
      String servers,
      Paths paths,
      CoordinatorOptions options,
      Security security,
      List<ACL> acl,
      @Nullable CuratorFramework application) {
    this.acl = acl;
    this.application = application;
    this.servers = servers;
    this.paths = paths;
    this.options = options;
    this.security = security;
    this.loop = new EventLoop("holdfast-zookeeper", options.sessionTimeout().dividedBy(5));
    this.leftovers = new AbandonedSessions(servers, options.sessionTimeout(), security, loop);
  }

  @Override
  public Context context() {
    return loop;
  }

  @Override
  public CompletableFuture<Session> openSession(Owner owner) {
    CuratorFramework given = application;
    if (given == null) {
      return open(owner, new OwnClient(servers, options.sessionTimeout(), security, loop));
    }
    CompletableFuture<Session> opened = new CompletableFuture<>();
    loop.execute(
        () ->
            cleared.thenRunAsync(
                () -> {
                  ApplicationClient client = new ApplicationClient(given, loop);
                  cleared = client.cleared();
                  Futures.pass(open(owner, client), opened);
                },
                loop));
    return opened;
  }

  private CompletableFuture<Session> open(Owner owner, Client client) {
    SessionOpener opening =
        new SessionOpener(
            servers,
            new Connection(client, acl, loop),
            paths,
            owner,
            options,
            security,
            leftovers,
            loop);
    begin(opening::start, opening::abandon, opening.opened());
    return opening.opened();
  }

  /** Whatever has a connection and has not come to its end is ended with the backend. */
  private void begin(Runnable start, Runnable end, CompletableFuture<?> over) {
    loop.execute(
        () -> {
          if (closed) {
            end.run();
          } else {
            underWay.add(end);
            over.whenComplete((done, failure) -> loop.execute(() -> underWay.remove(end)));
            start.run();
          }
        });
  }

  @Override
  public CompletableFuture<List<Finding>> examine() {
    if (application != null) {
      return CompletableFuture.completedFuture(
          List.of(
              Finding.warning(
                  "servers",
                  "not examined: the client and its credentials are the application's",
                  "examine them with 'holdfast doctor' and their address")));
    }
    Examination examination = new Examination(servers, paths, options, security, loop);
    begin(examination::start, examination::abandon, examination.findings());
    return examination.findings();
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          closed = true;
          List.copyOf(underWay).forEach(Runnable::run);
          leftovers.close();
        });
    loop.close();
  }
}
