package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.ShardMap;
import java.util.Optional;
import java.util.Set;

/**
 * The owner of an account says where its events are to be sent, the first time or again, or nowhere
 * any more. Each time there is a new secret. The answer tells it, and nothing else ever does; for a
 * day messages are signed with the one before as well, so that a receiver can change over.
 *
 * <p>The ledger keeps the version of the secret, see {@link WebhookSecrets}. So the secret is
 * neither in the stored answer nor in the journal: {@link #answered} adds it.
 */
public final class RegisterWebhook implements Operation<RegisterWebhook.Request> {

  /**
   * What is asked.
   *
   * @param account whose events
   * @param url see {@link WebhookTargets}; missing to have them sent nowhere
   */
  public record Request(AccountId account, Optional<String> url) {

    public Request {
      url.ifPresent(WebhookTargets::wellFormed);
    }
  }

  /** As it is stored. */
  record Stored(AccountId account, Optional<String> url, int version) {}

  /** As it is told. */
  record Told(AccountId account, Optional<String> url, int version, String secret) {}

  private final ShardMap map;
  private final WebhookSecrets secrets;
  private final WebhookTargets targets;

  /** Of a ledger. */
  public RegisterWebhook(ShardMap map, WebhookSecrets secrets, WebhookTargets targets) {
    this.map = map;
    this.secrets = secrets;
    this.targets = targets;
  }

  @Override
  public String type() {
    return "register-webhook";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/accounts/{account}/webhook");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.account());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.account(request.account()).document(Webhook.idOf(request.account(), map));
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account account = books.own(request.account());
    try {
      request.url().ifPresent(targets::parse);
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid("webhook-address", "A webhook goes to an https address.").exception();
    }
    DocumentId id = Webhook.idOf(account.id(), map);
    int version = books.find(Webhook.KIND, id).map(known -> known.body().version()).orElse(0) + 1;
    Webhook webhook = new Webhook(request.url(), version, books.now());
    return new Plan(books)
        .put(Document.of(id, account.id(), webhook))
        .answer(new Stored(account.id(), request.url(), version));
  }

  @Override
  public String answered(String stored) {
    Stored known = Json.read(stored, Stored.class);
    return Json.write(
        new Told(
            known.account(),
            known.url(),
            known.version(),
            secrets.secret(known.account(), known.version())));
  }
}
