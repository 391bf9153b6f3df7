package io.holdfast.registry.internal.health;

import io.holdfast.registry.HealthCheck;
import io.holdfast.registry.internal.format.InstanceLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects and hangs up. */
public record TcpCheck(String host, int port) implements HealthCheck {

  private static final Logger LOG = LoggerFactory.getLogger(TcpCheck.class);

  public TcpCheck {
    InstanceLimits.host(host);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535: " + port);
    }
  }

  @Override
  public CompletionStage<Boolean> run() {
    CompletableFuture<Boolean> healthy = new CompletableFuture<>();
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      return CompletableFuture.failedStage(new IOException("no address for " + host));
    }
    try {
      AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
      // Also when the run is cancelled: closing ends the attempt.
      healthy.whenComplete((result, failure) -> close(channel));
      channel.connect(address, healthy, new Connected());
    } catch (IOException e) {
      healthy.completeExceptionally(e);
    }
    return healthy;
  }

  private static void close(AsynchronousSocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing the connection of a health check failed", e);
    }
  }

  private static final class Connected
      implements CompletionHandler<Void, CompletableFuture<Boolean>> {
    @Override
    public void completed(Void nothing, CompletableFuture<Boolean> healthy) {
      healthy.complete(true);
    }

    @Override
    public void failed(Throwable failure, CompletableFuture<Boolean> healthy) {
      healthy.completeExceptionally(failure);
    }
  }
}
