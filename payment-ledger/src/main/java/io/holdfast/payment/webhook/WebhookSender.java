package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.Trace;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Posts one message once, signed. Delivered is what is answered by a status of 2xx, completely and
 * in time. Redirects are not followed: the message would go where nobody has registered it. Of the
 * answer's body a little is read and nothing is kept. Thread-safe.
 */
public final class WebhookSender {

  static final int MOST_ANSWER = 16 * 1024;

  private final HttpClient client;
  private final WebhookTargets targets;
  private final Duration timeout;
  private final InstantSource clock;
  private final Function<WebhookMessage, Trace> traces;

  /** To these targets, untraced. */
  WebhookSender(WebhookTargets targets, Duration timeout, InstantSource clock, Executor executor) {
    this(targets, timeout, clock, executor, message -> Trace.NONE);
  }

  /**
   * To these targets.
   *
   * @param timeout of the whole: connection, request, and answer
   * @param clock what is signed
   * @param executor of the HTTP client
   * @param traces begins the trace of an attempt, which this ends
   */
  public WebhookSender(
      WebhookTargets targets,
      Duration timeout,
      InstantSource clock,
      Executor executor,
      Function<WebhookMessage, Trace> traces) {
    this.traces = traces;
    this.targets = targets;
    this.timeout = timeout;
    this.clock = clock;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(executor)
            .build();
  }

  /**
   * Sends. Blocks while a name is looked up, and not for the answer.
   *
   * @return completes with what went wrong, without anything secret; empty if it was delivered.
   *     Never fails. What went wrong may have been received all the same
   */
  public CompletableFuture<Optional<String>> send(
      WebhookMessage message, WebhookEndpoint endpoint) {
    Trace trace = traces.apply(message);
    return attempt(message, endpoint)
        .whenComplete((failure, never) -> trace.end(failure == null || failure.isPresent()));
  }

  private CompletableFuture<Optional<String>> attempt(
      WebhookMessage message, WebhookEndpoint endpoint) {
    byte[] body = message.json().getBytes(StandardCharsets.UTF_8);
    CompletableFuture<HttpResponse<Void>> sent;
    try {
      targets.requireReachable(endpoint.url());
      sent = client.sendAsync(request(message, endpoint, body), BoundedBody.upTo(MOST_ANSWER));
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.completedFuture(Optional.of(explained(e)));
    }
    CompletableFuture<HttpResponse<Void>> inTime =
        sent.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    return inTime.handle(
        (response, failure) -> {
          if (failure != null) {
            sent.cancel(true);
            return Optional.of(explained(failure));
          }
          int status = response.statusCode();
          return status / 100 == 2 ? Optional.empty() : Optional.of("HTTP status " + status);
        });
  }

  private HttpRequest request(WebhookMessage message, WebhookEndpoint endpoint, byte[] body) {
    return HttpRequest.newBuilder(endpoint.url())
        .timeout(timeout)
        .header("Content-Type", "application/json")
        .header("User-Agent", "Holdfast-Webhooks/1")
        .header("Holdfast-Event", message.id())
        .header(
            WebhookSignature.HEADER,
            WebhookSignature.sign(endpoint.secrets(), clock.instant(), body))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  /** A library's message may quote the address, which may have a secret in it. */
  private String explained(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof TimeoutException || cause instanceof java.net.http.HttpTimeoutException
        ? "no complete answer within " + timeout
        : cause.getClass().getSimpleName();
  }
}
