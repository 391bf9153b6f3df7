package io.holdfast.transaction.outbox;

import io.holdfast.spi.Durations;
import io.holdfast.transaction.internal.Failures;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Delivers messages as callbacks: a POST of the body to an address, over the JDK's client. Tries
 * once for each call; the relay tries again.
 *
 * <table>
 *   <caption>What an answer means</caption>
 *   <tr><td>2xx</td><td>delivered</td></tr>
 *   <tr><td>400, 405, 406, 410, 411, 413, 414, 415, 422, 431, 451</td>
 *       <td>refused: it is about this message, and will not change</td></tr>
 *   <tr><td>others, such as 3xx, 401, 404, 408, 409, 429 and 5xx; no answer</td>
 *       <td>unknown: it is about the receiver as it is now. {@code Retry-After} is heeded</td></tr>
 * </table>
 *
 * <p>Redirects are not followed: where a message goes is not for others to say. Thread-safe.
 */
public final class HttpPublisher implements Publisher {

  /** The header with {@link Message#id}, by which the receiver drops what it has seen. */
  public static final String ID = "Idempotency-Key";

  /** The header with {@link Message#topic}. */
  public static final String TOPIC = "Holdfast-Topic";

  /** The header with {@link Message#key}, percent-encoded; absent if there is none. */
  public static final String KEY = "Holdfast-Key";

  /** The header with {@link Message#created}, in milliseconds since 1970. */
  public static final String CREATED = "Holdfast-Created";

  /** The header with the {@link MessageSignature}. */
  public static final String SIGNATURE = "Holdfast-Signature";

  private static final Set<Integer> REFUSALS =
      Set.of(400, 405, 406, 410, 411, 413, 414, 415, 422, 431, 451);
  private static final long LONGEST_WISH_SECONDS = 86_400;

  private final HttpClient client;
  private final Function<Message, URI> address;
  private final Duration timeout;
  private final Optional<MessageSignature> signature;
  private final InstantSource clock;

  private HttpPublisher(
      HttpClient client,
      Function<Message, URI> address,
      Duration timeout,
      Optional<MessageSignature> signature,
      InstantSource clock) {
    this.client = client;
    this.address = address;
    this.timeout = timeout;
    this.signature = signature;
    this.clock = clock;
  }

  /**
   * To an address for each message.
   *
   * @param address must not block; what it throws makes the delivery fail as unknown
   * @param timeout until the connection stands, and again until the status of the answer is there
   */
  public static HttpPublisher to(Function<Message, URI> address, Duration timeout) {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(timeout, "timeout");
    HttpClient client =
        HttpClient.newBuilder().connectTimeout(timeout).followRedirects(Redirect.NEVER).build();
    return new HttpPublisher(client, address, timeout, Optional.empty(), InstantSource.system());
  }

  /** To one address. */
  public static HttpPublisher to(URI address, Duration timeout) {
    Objects.requireNonNull(address, "address");
    return to(message -> address, timeout);
  }

  /** The same, with a signature in {@value #SIGNATURE}. */
  public HttpPublisher signed(MessageSignature with) {
    Objects.requireNonNull(with, "with");
    return new HttpPublisher(client, address, timeout, Optional.of(with), clock);
  }

  @Override
  public CompletionStage<Delivery> publish(Message message) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.apply(message))
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header(ID, message.id().toString())
            .header(TOPIC, message.topic())
            .header(CREATED, Long.toString(message.created().toEpochMilli()))
            .POST(BodyPublishers.ofString(message.body()));
    message
        .key()
        .ifPresent(key -> request.header(KEY, URLEncoder.encode(key, StandardCharsets.UTF_8)));
    signature.ifPresent(with -> request.header(SIGNATURE, with.sign(message, clock.instant())));
    return client
        .sendAsync(request.build(), head -> new CutOff(timeout))
        .handle(
            (answer, failure) ->
                answer == null ? new Delivery.Unknown(Failures.text(failure)) : meaning(answer));
  }

  /**
   * What comes after the status, which alone counts. So nobody waits for it; a little is taken, for
   * the connection to be used again, and then it is closed.
   */
  private static final class CutOff implements BodySubscriber<Void> {
    private static final int MOST_BYTES = 65_536;

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Duration timeout;
    private long left = MOST_BYTES;

    CutOff(Duration timeout) {
      this.timeout = timeout;
    }

    @Override
    public CompletionStage<Void> getBody() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      ended
          .orTimeout(Durations.millis(timeout), TimeUnit.MILLISECONDS)
          .exceptionally(
              tooMuchOrTooLate -> {
                subscription.cancel();
                return null;
              });
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> some) {
      for (ByteBuffer each : some) {
        left -= each.remaining();
      }
      if (left < 0) {
        ended.cancel(false);
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended.complete(null);
    }

    @Override
    public void onComplete() {
      ended.complete(null);
    }
  }

  private static Delivery meaning(HttpResponse<Void> answer) {
    int status = answer.statusCode();
    if (status / 100 == 2) {
      return new Delivery.Delivered();
    }
    return REFUSALS.contains(status)
        ? new Delivery.Refused("status " + status)
        : new Delivery.Unknown("status " + status, retryAfter(answer));
  }

  /** In seconds only: a date would be by the receiver's clock. */
  private static Duration retryAfter(HttpResponse<Void> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> Duration.ofSeconds(Math.min(Long.parseLong(text), LONGEST_WISH_SECONDS)))
        .orElse(Duration.ZERO);
  }
}
