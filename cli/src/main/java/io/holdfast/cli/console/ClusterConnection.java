package io.holdfast.cli.console;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.UnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that name a cluster, and connections to it. */
public final class ClusterConnection {

  @Option(
      names = "--connect",
      paramLabel = "URI",
      defaultValue = "${env:HOLDFAST_CONNECT}",
      description =
          "the cluster, such as zookeeper://host1:2181,host2:2181/payments or etcd://host:2379/payments,"
              + " zookeeper+tls:// and etcd+tls:// for TLS;"
              + " by default $HOLDFAST_CONNECT")
  private @Nullable String uri;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "how long to wait for the cluster (default: ${DEFAULT-VALUE})")
  private int timeoutSeconds;

  @Mixin private CredentialOptions identity = new CredentialOptions();

  /** How long to wait for an answer. */
  public Duration timeout() {
    return Duration.ofSeconds(timeoutSeconds);
  }

  /** The owner that this command has in the cluster and in its audit trail. */
  public static Owner ourselves() {
    return Owner.thisProcess("holdfast-cli").with("user", System.getProperty("user.name", "?"));
  }

  /** Connects. */
  public Coordinator open() {
    return Coordinator.connect(address(), options());
  }

  /** Connects to read only: without a session if the store needs none for that. */
  public Coordinator openToRead() {
    return Coordinator.connectToRead(address(), options());
  }

  /** Connects in the background: returns at once, whether or not there is a cluster. */
  public Coordinator openInBackground() {
    return Coordinator.connectInBackground(address(), options());
  }

  /** The cluster's address. */
  public String address() {
    if (uri == null || uri.isBlank()) {
      throw new IllegalArgumentException(
          "which cluster? Give --connect or set HOLDFAST_CONNECT,"
              + " to zookeeper://host:2181/payments for example");
    }
    if (timeoutSeconds < 1) {
      throw new IllegalArgumentException("--timeout must be at least 1 second");
    }
    return uri;
  }

  private CoordinatorOptions options() {
    return CoordinatorOptions.defaults()
        .withOwner(ourselves())
        .withConnectTimeout(timeout())
        .withRequestTimeout(timeout())
        .withCredentials(identity.credentials());
  }

  /** Waits for an answer, no longer than the time-out. */
  public <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(timeoutSeconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new UnavailableException(
          "the cluster did not answer within " + timeoutSeconds + " s; try a longer --timeout", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while waiting for the cluster", e);
    }
  }
}
