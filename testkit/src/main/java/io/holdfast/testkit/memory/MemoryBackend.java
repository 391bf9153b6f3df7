package io.holdfast.testkit.memory;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Backend;
import io.holdfast.spi.Context;
import io.holdfast.spi.EventLoop;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Session;
import io.holdfast.testkit.memory.MemoryLink.Answer;
import io.holdfast.testkit.memory.VirtualTime.PausableContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One client of a {@link MemoryCluster}. */
public final class MemoryBackend implements Backend {

  private final MemoryCluster cluster;
  private final String name;
  private final CoordinatorOptions options;
  private final Key namespace;
  private final Context context;

  MemoryBackend(
      MemoryCluster cluster,
      String name,
      CoordinatorOptions options,
      Key namespace,
      Context context) {
    this.cluster = cluster;
    this.name = name;
    this.options = options;
    this.namespace = namespace;
    this.context = context;
  }

  @Override
  public Context context() {
    return context;
  }

  /** Freezes the client, as a long garbage collection would. On {@link VirtualTime} only. */
  public void pause() {
    virtualContext().pause();
  }

  /** Ends a {@link #pause}. */
  public void resume() {
    virtualContext().resume();
  }

  private PausableContext virtualContext() {
    if (context instanceof PausableContext pausable) {
      return pausable;
    }
    throw new IllegalStateException("only a client on VirtualTime can be paused");
  }

  @Override
  public CompletableFuture<Session> openSession(Owner owner) {
    CompletableFuture<Session> opened = new CompletableFuture<>();
    Opening opening = new Opening();
    MemoryLink link =
        new MemoryLink(cluster, name, context, options.requestTimeout(), opening::broken);
    long sent = context.nanoTime();
    link.<String>request(
        "open",
        there -> there.openSession(namespace, owner.encode(), options.sessionTimeout()),
        reply -> {
          if (reply instanceof Answer<String> answer) {
            link.session(answer.value());
            MemorySession session =
                new MemorySession(cluster, link, context, answer.value(), namespace, options, sent);
            opening.session = session;
            session.start();
            opened.complete(session);
          } else {
            opened.completeExceptionally(
                new UnavailableException("the memory cluster does not answer " + name));
          }
        });
    return opened;
  }

  @Override
  public CompletableFuture<List<Finding>> examine() {
    return CompletableFuture.completedFuture(
        List.of(Finding.ok("servers", "none: the cluster is inside this process")));
  }

  @Override
  public void close() {
    if (context instanceof EventLoop loop) {
      loop.close();
    }
  }

  /** Where the link finds the session that it is about to serve. Used in the context only. */
  private static final class Opening {
    private @Nullable MemorySession session;

    void broken() {
      if (session != null) {
        session.broken();
      }
    }
  }
}
