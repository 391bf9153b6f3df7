package io.holdfast.http.server;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Refuses requests that two readers might understand differently. */
public final class RequestRules {

  /** What may be there once only. */
  private static final List<String> SINGLE =
      List.of("Host", "Authorization", "Content-Type", "Content-Length", "Transfer-Encoding");

  /**
   * A path that is decoded once is one path: no slash or control character comes out of it that was
   * not there, and no segment leads upwards.
   */
  private static final Pattern TRICK =
      Pattern.compile(
          "%2f|%5c|\\\\|%[01][0-9a-f]|%7f|%(?![0-9a-f]{2})|(^|/)(\\.|%2e){1,2}(/|$)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern HALF_AN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  private RequestRules() {}

  /**
   * Why a request is refused.
   *
   * @param status the HTTP status
   * @param detail for people
   */
  public record Refusal(int status, String detail) {}

  /** Empty if the request means one thing. */
  public static Optional<Refusal> check(RoutingContext context) {
    MultiMap headers = context.request().headers();
    for (String name : SINGLE) {
      if (headers.getAll(name).size() > 1) {
        return Optional.of(new Refusal(400, "send one header " + name));
      }
    }
    String encoding = headers.get("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return Optional.of(new Refusal(415, "send the body as it is, without a Content-Encoding"));
    }
    String path = context.request().path();
    if (path == null || !path.startsWith("/") || TRICK.matcher(path).find()) {
      return Optional.of(new Refusal(400, "write the path plainly"));
    }
    String query = context.request().query();
    if (query != null && HALF_AN_ESCAPE.matcher(query).find()) {
      return Optional.of(new Refusal(400, "write % as %25 in the query"));
    }
    return Optional.empty();
  }
}
