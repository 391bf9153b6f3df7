package io.holdfast.payment.ledger;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who asks.
 *
 * @param name 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first; the
 *     owner of accounts, and the scope of idempotency keys
 * @param roles what the caller may do; at least one
 */
public record Caller(String name, Set<Role> roles) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** The cluster itself. */
  public static final Caller SYSTEM = new Caller("system", Set.of(Role.SYSTEM));

  public Caller {
    if (!FORM.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a caller's name is 1 to 64 letters, digits, '.', '-' or '_', a letter or digit first");
    }
    roles = Set.copyOf(roles);
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("a caller has at least one role");
    }
  }

  /** With one role. */
  public static Caller of(String name, Role role) {
    return new Caller(name, Set.of(role));
  }

  /** Whether this caller has one of these roles. */
  public boolean isAny(Role... any) {
    for (Role each : any) {
      if (roles.contains(each)) {
        return true;
      }
    }
    return false;
  }
}
