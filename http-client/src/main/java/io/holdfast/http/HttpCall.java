package io.holdfast.http;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.retry.Idempotency;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to ask of a service, whichever instance it will be. Immutable; the withers return a changed
 * copy.
 *
 * <p><b>What may be sent twice.</b> The methods that RFC 9110 calls safe (GET, HEAD, OPTIONS) are
 * idempotent here, and what {@link #withIdempotencyKey} or {@link #idempotent} says so of. All else
 * is sent again only if it certainly had no effect.
 */
public final class HttpCall {

  /** The header of a key under which a server does a thing once. */
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private final String method;
  private final String target;
  private final BodyPublisher body;
  private final List<Header> headers;
  private final Idempotency idempotency;
  private final @Nullable Affinity affinity;
  private final @Nullable Duration deadline;

  private record Header(String name, String value) {}

  private HttpCall(
      String method,
      String target,
      BodyPublisher body,
      List<Header> headers,
      Idempotency idempotency,
      @Nullable Affinity affinity,
      @Nullable Duration deadline) {
    this.method = method;
    this.target = target;
    this.body = body;
    this.headers = headers;
    this.idempotency = idempotency;
    this.affinity = affinity;
    this.deadline = deadline;
  }

  /**
   * A call of any method.
   *
   * @param target the path with its query, escaped: {@code /transfers?limit=10}
   * @param body asked for anew at each try, as those of {@link BodyPublishers} can be
   * @throws IllegalArgumentException if the target is none, or the method is no token
   */
  public static HttpCall of(String method, String target, BodyPublisher body) {
    if (!target.startsWith("/") || target.startsWith("//")) {
      throw new IllegalArgumentException("a target begins with one '/': " + withoutQuery(target));
    }
    HttpCall call =
        new HttpCall(
            method,
            target,
            body,
            List.of(),
            SAFE.contains(method) ? Idempotency.IDEMPOTENT : Idempotency.NOT_IDEMPOTENT,
            null,
            null);
    call.checked();
    return call;
  }

  /** GET. */
  public static HttpCall get(String target) {
    return of("GET", target, BodyPublishers.noBody());
  }

  /** POST, with a body in UTF-8. */
  public static HttpCall post(String target, String body) {
    return of("POST", target, BodyPublishers.ofString(body));
  }

  /**
   * With one header more.
   *
   * @throws IllegalArgumentException if it is malformed, or one that the connection is made of
   */
  public HttpCall withHeader(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    HttpCall call =
        new HttpCall(method, target, body, List.copyOf(more), idempotency, affinity, deadline);
    call.checked();
    return call;
  }

  /**
   * With a key under which the service does this once, however often it is sent: in the header
   * {@value #IDEMPOTENCY_KEY}, and as the affinity, so that a policy that goes by keys sends it to
   * the instance that saw it first.
   */
  public HttpCall withIdempotencyKey(String key) {
    return withHeader(IDEMPOTENCY_KEY, key).idempotent().withAffinity(Affinity.of(key));
  }

  /** Marked as having the same effect sent twice as sent once. */
  public HttpCall idempotent() {
    return new HttpCall(method, target, body, headers, Idempotency.IDEMPOTENT, affinity, deadline);
  }

  /** Belonging together with others. */
  public HttpCall withAffinity(Affinity other) {
    return new HttpCall(method, target, body, headers, idempotency, other, deadline);
  }

  /** With another deadline than {@link CallRules#deadline}, for all tries together. */
  public HttpCall within(Duration other) {
    if (other.isNegative() || other.isZero()) {
      throw new IllegalArgumentException("a deadline lies ahead: " + other);
    }
    return new HttpCall(method, target, body, headers, idempotency, affinity, other);
  }

  Idempotency idempotency() {
    return idempotency;
  }

  @Nullable Affinity affinity() {
    return affinity;
  }

  Optional<Duration> deadline() {
    return Optional.ofNullable(deadline);
  }

  /** For one instance, at {@code origin}: {@code http://host:port}. */
  HttpRequest request(String origin) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(origin + target));
    headers.forEach(header -> builder.header(header.name(), header.value()));
    return builder.method(method, body).build();
  }

  /** Whatever is wrong shows now, and not once an instance was picked. */
  private void checked() {
    try {
      request("http://localhost");
    } catch (IllegalArgumentException e) {
      // The cause may quote the whole target or a header's value, which are not for logs.
      throw new IllegalArgumentException(
          "no HTTP request, for its method, target or headers are malformed: " + this);
    }
  }

  private static String withoutQuery(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** The method and the path; not the query, and no header. */
  @Override
  public String toString() {
    return method + " " + withoutQuery(target).replaceAll("[^!-~]", "?");
  }
}
