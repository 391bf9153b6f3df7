package io.holdfast.zookeeper;

import io.holdfast.coordination.Backend;
import io.holdfast.coordination.Context;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.EventLoop;
import io.holdfast.coordination.Finding;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Session;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A ZooKeeper ensemble. Each session has a connection of its own; all share one context. */
final class ZooKeeperBackend implements Backend {

  private final String servers;
  private final Paths paths;
  private final CoordinatorOptions options;
  private final Security security;
  private final EventLoop loop = new EventLoop("holdfast-zookeeper");

  ZooKeeperBackend(String servers, Paths paths, CoordinatorOptions options, Security security) {
    this.servers = servers;
    this.paths = paths;
    this.options = options;
    this.security = security;
  }

  @Override
  public Context context() {
    return loop;
  }

  @Override
  public CompletableFuture<Session> openSession(Owner owner) {
    Opening opening = new Opening(servers, paths, owner, options, security, loop);
    loop.execute(opening::start);
    return opening.opened();
  }

  @Override
  public CompletableFuture<List<Finding>> examine() {
    return new Examination(servers, paths, options, security, loop).start();
  }

  @Override
  public void close() {
    loop.close();
  }
}
