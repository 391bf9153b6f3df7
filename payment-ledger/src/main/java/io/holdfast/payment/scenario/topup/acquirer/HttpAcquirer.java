package io.holdfast.payment.scenario.topup.acquirer;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The acquirer over HTTP. Every call has one time-out that covers all of it, and every answer a
 * longest length. Follows no redirect, for a key goes with each request. Thread-safe.
 *
 * <p>Only {@code 200} and {@code 201} with a body that can be read settle anything. All else, from
 * a refused connection to a {@code 401}, leaves the outcome unknown: a card is not declined because
 * a proxy had a bad day.
 */
public final class HttpAcquirer implements Acquirer {

  private static final int LONGEST_ANSWER = 64 * 1024;
  private static final long LONGEST_FILE = 4L << 30;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration DOWNLOAD = Duration.ofMinutes(15);
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int NOT_FOUND = 404;

  private final AcquirerConfig config;
  private final HttpClient client;
  private final Semaphore places;

  /** Reached like this. Opens no connection yet. */
  public HttpAcquirer(AcquirerConfig config) {
    this.config = config;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT.compareTo(config.timeout()) < 0 ? CONNECT : config.timeout())
            .build();
    this.places = new Semaphore(config.calls());
  }

  @Override
  public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
    HttpRequest request =
        request("/charges", config.timeout())
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", reference.value())
            .POST(BodyPublishers.ofByteArray(ChargeJson.request(reference, amount, card)))
            .build();
    return call(request)
        .handle(
            (answer, failure) -> failure == null ? outcome(answer, reference) : unknown(failure));
  }

  @Override
  public CompletionStage<Optional<Charge>> status(DocumentId reference) {
    HttpRequest request = request("/charges/" + reference, config.timeout()).GET().build();
    return call(request)
        .handle(
            (answer, failure) -> {
              if (failure != null) {
                return Optional.of(unknown(failure));
              }
              return answer.statusCode() == NOT_FOUND
                  ? Optional.empty()
                  : Optional.of(outcome(answer, reference));
            });
  }

  /**
   * Fetches what was settled on a day, see {@link SettlementFile}. Blocks, for at most a quarter of
   * an hour.
   *
   * @param day in UTC
   * @param file where to; replaced
   * @throws IOException if it could not be had whole, or there is none yet
   * @throws InterruptedException if interrupted; what was written by then stays
   */
  public void download(LocalDate day, Path file) throws IOException, InterruptedException {
    HttpRequest request = request("/settlements/" + day, DOWNLOAD).GET().build();
    CompletableFuture<HttpResponse<Path>> call =
        client.sendAsync(request, info -> new BoundedBody<>(settlement(info, file), LONGEST_FILE));
    try {
      int status = call.get(DOWNLOAD.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      if (status != OK) {
        throw new IOException("the acquirer answered " + status + " for the settlement of " + day);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the settlement of " + day + " could not be had: " + name(e), e);
    } finally {
      call.cancel(true);
    }
  }

  private static HttpResponse.BodySubscriber<Path> settlement(
      HttpResponse.ResponseInfo info, Path file) {
    return info.statusCode() == OK ? BodySubscribers.ofFile(file) : BodySubscribers.replacing(file);
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    String base = config.address().toString().replaceFirst("/+$", "");
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(timeout)
        .header("Authorization", "Bearer " + config.key());
  }

  /** Of an answer's parts only the first are covered by the request's own time-out. */
  private CompletableFuture<HttpResponse<byte[]>> call(HttpRequest request) {
    if (!places.tryAcquire()) {
      return CompletableFuture.failedFuture(new IOException("too many calls are under way"));
    }
    BodyHandler<byte[]> bounded =
        info -> new BoundedBody<>(BodySubscribers.ofByteArray(), LONGEST_ANSWER);
    CompletableFuture<HttpResponse<byte[]>> sent = client.sendAsync(request, bounded);
    return sent.copy()
        .orTimeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (any, failure) -> {
              sent.cancel(true);
              places.release();
            });
  }

  private static Charge outcome(HttpResponse<byte[]> answer, DocumentId reference) {
    return answer.statusCode() == OK || answer.statusCode() == CREATED
        ? ChargeJson.read(answer.body(), reference)
        : new Charge.Unknown("status " + answer.statusCode());
  }

  private static Charge unknown(Throwable failure) {
    return new Charge.Unknown(name(failure));
  }

  /** What sort of failure; its message may quote what was sent. */
  private static String name(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && (cause instanceof java.util.concurrent.CompletionException
            || cause instanceof ExecutionException)) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName();
  }
}
