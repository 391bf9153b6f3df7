package io.holdfast.zookeeper;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Context;
import io.holdfast.spi.EventLoop;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Session;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A ZooKeeper ensemble. Each session has a connection of its own; all share one context. */
final class ZooKeeperBackend implements Backend {

  private final String servers;
  private final Paths paths;
  private final CoordinatorOptions options;
  private final Security security;
  private final EventLoop loop;
  private final Leftovers leftovers;

  /** What ends each thing that is under way. Used in the context only, as is the one below. */
  private final Set<Runnable> underWay = new LinkedHashSet<>();

  private boolean closed;

  ZooKeeperBackend(String servers, Paths paths, CoordinatorOptions options, Security security) {
    this.servers = servers;
    this.paths = paths;
    this.options = options;
    this.security = security;
    this.loop = new EventLoop("holdfast-zookeeper", options.sessionTimeout().dividedBy(5));
    this.leftovers = new Leftovers(servers, options.sessionTimeout(), security, loop);
  }

  @Override
  public Context context() {
    return loop;
  }

  @Override
  public CompletableFuture<Session> openSession(Owner owner) {
    Opening opening = new Opening(servers, paths, owner, options, security, leftovers, loop);
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
