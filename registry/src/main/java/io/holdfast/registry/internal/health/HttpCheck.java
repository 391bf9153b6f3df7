package io.holdfast.registry.internal.health;

import io.holdfast.registry.HealthCheck;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntPredicate;

/** A GET whose answer's status counts; its body is thrown away. */
public final class HttpCheck implements HealthCheck {

  private final HttpRequest request;
  private final IntPredicate expected;

  public HttpCheck(URI uri, IntPredicate expected) {
    this.request = HttpRequest.newBuilder(uri).GET().build();
    this.expected = expected;
  }

  /** The client is made when it is first needed, and shared by all checks. */
  private static final class Shared {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @Override
  public CompletionStage<Boolean> run() {
    CompletableFuture<HttpResponse<Void>> exchange =
        Shared.CLIENT.sendAsync(request, HttpResponse.BodyHandlers.discarding());
    CompletableFuture<Boolean> healthy = new CompletableFuture<>();
    exchange.whenComplete(
        (response, failure) -> {
          if (failure == null) {
            healthy.complete(expected.test(response.statusCode()));
          } else {
            healthy.completeExceptionally(failure);
          }
        });
    healthy.whenComplete((result, failure) -> exchange.cancel(true));
    return healthy;
  }
}
