package io.holdfast.payment.ledger;

import java.util.regex.Pattern;

/**
 * Where an operation is asked for, by POST.
 *
 * @param path such as {@code /payments/{id}/captures}; a name in braces is a component of the
 *     request, which is then not in the body
 * @param status the HTTP status if it is done: 200, 201, 202
 */
public record Route(String path, int status) {

  private static final Pattern PATH = Pattern.compile("(/[a-z-]+|/\\{[a-zA-Z]+})+");

  public Route {
    if (!PATH.matcher(path).matches() || status < 200 || status > 202) {
      throw new IllegalArgumentException("not a route: " + path + " " + status);
    }
  }

  /** Something comes into being. */
  public static Route creating(String path) {
    return new Route(path, 201);
  }

  /** Something is done. */
  public static Route doing(String path) {
    return new Route(path, 200);
  }
}
