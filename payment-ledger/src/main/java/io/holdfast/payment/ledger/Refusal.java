package io.holdfast.payment.ledger;

/**
 * Why a request was refused for good. Stored under its key: a retry gets the same answer.
 *
 * @param code for programs, lower case with dashes; in the database, never changed
 * @param kind of what sort
 * @param detail for people: what is wrong and what to do; no secret, nothing of other accounts
 */
public record Refusal(String code, Kind kind, String detail) {

  /** What sort of refusal it is. The names are in the database and never change. */
  public enum Kind {
    /** Something named does not exist, or is not the caller's to see. */
    NOT_FOUND,
    /** It does not fit the state that things are in. */
    CONFLICT,
    /** It can never be done. */
    INVALID,
    /** The caller may not. */
    FORBIDDEN
  }

  /** Something does not exist. */
  public static Refusal notFound(String code, String detail) {
    return new Refusal(code, Kind.NOT_FOUND, detail);
  }

  /** It does not fit the state. */
  public static Refusal conflict(String code, String detail) {
    return new Refusal(code, Kind.CONFLICT, detail);
  }

  /** It can never be done. */
  public static Refusal invalid(String code, String detail) {
    return new Refusal(code, Kind.INVALID, detail);
  }

  /** The caller may not. */
  public static Refusal forbidden(String code, String detail) {
    return new Refusal(code, Kind.FORBIDDEN, detail);
  }

  /** To end a plan with. */
  public RefusedException exception() {
    return new RefusedException(this);
  }
}
