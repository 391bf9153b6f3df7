package io.holdfast.payment.http;

import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.security.Denial;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * An error as RFC 9457 has it, with two members more: {@code code}, the slug, and {@code
 * retryable}, whether the same request under the same key may go otherwise later.
 *
 * @param slug the last part of the type URI; stable, for programs
 * @param status the HTTP status
 * @param title the same for every problem of the type
 * @param detail what happened this time and what to do, for people
 */
public record Problem(String slug, int status, String title, String detail) {

  /** The media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** The code of {@link #saturated}. */
  static final String SATURATED = "saturated";

  /** The code of {@link #expired}. */
  static final String EXPIRED = "expired";

  private static final int MISDIRECTED = 421;
  private static final int TOO_MANY = 429;
  private static final int CONFLICT = 409;

  private static final String NOTHING =
      "This request did nothing; an earlier one with the same key may have."
          + " Retry with the same key a little later.";

  /** What every type URI begins with. */
  public static final String TYPE_PREFIX = "urn:holdfast:payment:";

  static Problem invalid(String detail) {
    return new Problem("invalid-request", 400, "The request is not valid", detail);
  }

  static Problem keyMissing() {
    return new Problem(
        "idempotency-key-missing",
        400,
        "The Idempotency-Key header is missing",
        "Send a header Idempotency-Key with a value of your own, the same at every retry.");
  }

  static Problem keyReused() {
    return new Problem(
        "idempotency-key-reused",
        422,
        "The idempotency key belongs to another request",
        "This key was used for a request with other contents. Use a new key for a new request.");
  }

  static Problem tooLarge(long limit) {
    return new Problem(
        "too-large", 413, "The request is too large", "A body has at most " + limit + " bytes.");
  }

  static Problem noSuchResource(String path) {
    return new Problem("not-found", 404, "There is no such resource", "Nothing lives at " + path);
  }

  static Problem unsigned() {
    return new Problem(
        "notice-unsigned",
        401,
        "The sender is not the acquirer",
        "The signature is missing, wrong, or not of these minutes.");
  }

  static Problem methodNotAllowed() {
    return new Problem(
        "method-not-allowed",
        405,
        "The resource does not know this method",
        "There is something at this path, but not for this method.");
  }

  static Problem encoded() {
    return new Problem(
        "unsupported-encoding",
        415,
        "The body is encoded",
        "Send the body as it is, without a Content-Encoding.");
  }

  static Problem notReady(String why) {
    return new Problem("not-ready", 503, "The node takes no new requests", why);
  }

  static Problem unknownAccount(String id) {
    return new Problem(
        "unknown-account", 404, "There is no such account", "No account is named " + id + ".");
  }

  static Problem unknownOperation() {
    return new Problem(
        "unknown-operation",
        404,
        "There is no such operation",
        "No request with this key has been answered. One may be under way: send it again to know.");
  }

  static Problem notOwner(int shard) {
    return new Problem(
        "not-owner",
        421,
        "Another node owns the shard",
        "Shard " + shard + " is not owned here; look for its owner again.");
  }

  static Problem otherLedger() {
    return new Problem(
        "other-ledger",
        421,
        "The request comes from another ledger",
        "It says that a node passed it on, and no node of this ledger did. Nothing was done.");
  }

  static Problem noOwner(int shard) {
    return new Problem(
        "no-owner",
        503,
        "The shard has no owner at the moment",
        "No node took shard " + shard + " in time. " + NOTHING);
  }

  /** Not 503: there are proxies that send a request again elsewhere on that. */
  static Problem outcomeUnknown() {
    return new Problem(
        "outcome-unknown",
        504,
        "The outcome is unknown",
        "It may or may not have been done. Retry with the same key to learn which.");
  }

  static Problem unavailable() {
    return new Problem(
        "ledger-unavailable",
        503,
        "The ledger is not available",
        "The database could not do it now. " + NOTHING);
  }

  static Problem saturated() {
    return new Problem(SATURATED, 503, "The node has too much to do", NOTHING);
  }

  static Problem expired() {
    return new Problem(
        EXPIRED,
        503,
        "The request waited too long",
        "It had to wait for half of the time that its client gives it, and was not begun. "
            + NOTHING);
  }

  static Problem internal() {
    return new Problem(
        "internal",
        500,
        "The node failed",
        "A fault in the node, see its log. Retry with the same key to learn the outcome.");
  }

  static Problem inFlight() {
    return new Problem(
        "in-flight",
        409,
        "The request is under way",
        "The same request, or another one about the same thing, is under way."
            + " Retry with the same key in a moment.");
  }

  static Problem cardNumber() {
    return new Problem(
        "card-number",
        400,
        "The request holds a card number",
        "Send a token that stands for the card; card numbers are neither taken nor kept.");
  }

  static Problem notMoved(String why) {
    return new Problem(
        "shard-not-moved",
        503,
        "The shard has not moved",
        "It is where it was, and serves on: " + why + ". Try again.");
  }

  static Problem of(Denial denial) {
    return new Problem(denial.code(), denial.status(), denial.title(), denial.detail());
  }

  static Problem of(Refusal refusal) {
    return switch (refusal.kind()) {
      case NOT_FOUND ->
          new Problem(refusal.code(), 404, "Something named does not exist", refusal.detail());
      case CONFLICT ->
          new Problem(refusal.code(), 409, "It does not fit how things stand", refusal.detail());
      case INVALID -> new Problem(refusal.code(), 422, "It cannot be done", refusal.detail());
      case FORBIDDEN ->
          new Problem(refusal.code(), 403, "The caller may not do this", refusal.detail());
    };
  }

  /** The type URI. */
  public String type() {
    return TYPE_PREFIX + slug;
  }

  private boolean isRetryable() {
    return status >= 500 || status == MISDIRECTED || status == TOO_MANY || slug.equals("in-flight");
  }

  Answer answer() {
    JsonObject body =
        new JsonObject()
            .put("type", type())
            .put("title", title)
            .put("status", status)
            .put("detail", detail)
            .put("code", slug)
            .put("retryable", isRetryable());
    return new Answer(
        status,
        MEDIA_TYPE,
        body.toBuffer(),
        Answer.Replay.FIRST,
        status == CONFLICT && isRetryable() ? Map.of(Answer.RETRY_AFTER, "1") : Map.of());
  }
}
