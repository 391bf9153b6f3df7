package io.holdfast.payment.load;

import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many stale writes the ledger refused, as the living nodes count them. */
public final class FenceRejections {

  private static final Logger LOG = LoggerFactory.getLogger(FenceRejections.class);
  private static final String METER = "payment_fence_refusals_total";
  private static final int OK = 200;
  private static final Duration BOUND = Duration.ofSeconds(5);

  private FenceRejections() {}

  /**
   * Asks every node of a target, one after the other, some seconds each at most. One that does not
   * answer counts for nothing, and is warned of.
   *
   * @param auditor in whose name
   */
  public static long of(ServiceSnapshot nodes, LoadTarget target, String auditor) {
    String bearer = "Bearer " + target.keys().apply(auditor);
    HttpClient http = target.http(BOUND);
    return nodes.instances().stream()
        .map(RegisteredInstance::instance)
        .mapToLong(
            node ->
                node.address(target.scheme())
                    .map(at -> ask(http, target.scheme() + "://" + at, bearer))
                    .orElse(0L))
        .sum();
  }

  private static long ask(HttpClient http, String address, String bearer) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address + "/metrics"))
              .timeout(BOUND)
              .header("Authorization", bearer)
              .build();
      HttpResponse<String> told = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (told.statusCode() != OK) {
        throw new IOException("status " + told.statusCode());
      }
      return told.body()
          .lines()
          .filter(line -> line.startsWith(METER + " "))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(METER.length() + 1)))
          .sum();
    } catch (IOException e) {
      LOG.warn("{} does not tell its figures: {}", address, e.getMessage());
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
