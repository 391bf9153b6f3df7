package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.ShardMap;
import java.time.LocalDate;
import java.util.Set;

/**
 * The cluster pays out what a merchant's account took in a day, less fees; see {@link
 * SettlementWork}.
 *
 * <p>It happens once: the {@link Merchant} says which day is next and from which entry on, and
 * moves on in the same commit as the money. Who asks with figures that begin elsewhere is refused.
 *
 * <p>No more is taken than there is. The account may hold less than the day's sum: refunds of the
 * next day are taken out already, or the merchant has moved money elsewhere. Fees go first. What is
 * missing is carried to the next day, as is everything while the account is frozen.
 */
public final class SettleDay implements Operation<SettleDay.Request> {

  /** Where money goes that is to be sent to merchants' banks. */
  public static final String PAYOUT = "payout";

  /** Where fees go. */
  public static final String FEES = "fees";

  /**
   * What is asked.
   *
   * @param merchant the account
   * @param day in UTC
   * @param after the entry after which the takings begin
   * @param fees by which they were counted
   * @param takings of that day
   */
  public record Request(
      AccountId merchant, LocalDate day, long after, FeeTerms fees, Takings takings) {}

  private final ShardMap map;

  SettleDay(ShardMap map) {
    this.map = map;
  }

  @Override
  public String type() {
    return "settle-day";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.creating("/accounts/{merchant}/settlements");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.SYSTEM);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.merchant());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE
        .account(request.merchant())
        .document(Merchant.idOf(request.merchant(), map))
        .document(Settlement.idOf(request.merchant(), request.day(), map));
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account account = books.account(request.merchant());
    Document<Merchant> document =
        books.document(Merchant.KIND, Merchant.idOf(request.merchant(), map));
    Merchant merchant = document.body();
    DocumentId id = Settlement.idOf(request.merchant(), request.day(), map);
    if (!merchant.nextDay().equals(request.day())
        || merchant.through() != request.after()
        || !merchant.fees().equals(request.fees())
        || books.find(Settlement.KIND, id).isPresent()) {
      throw Refusal.conflict("settled-already", "The figures are not those to settle next.")
          .exception();
    }
    Settlement settlement = settle(request, merchant, account);
    LocalDate next = request.day().plusDays(1);
    Plan plan =
        new Plan(books)
            .put(
                document
                    .with(
                        new Merchant(
                            merchant.fees(),
                            next,
                            request.takings().through(),
                            settlement.carried(),
                            settlement.unpaidFees()))
                    .dueAt(SettlementWork.after(next)))
            .answer(settlement);
    return isEmpty(settlement) ? plan : move(plan, id, settlement, books);
  }

  private static Settlement settle(Request request, Merchant merchant, Account account) {
    Takings takings = request.takings();
    long own = account.posted() - account.held();
    long free = account.status() == AccountStatus.OPEN ? Math.max(0, own) : 0;
    long fees = merchant.unpaidFees() + takings.fees();
    long charged = Math.min(Math.min(fees, free), Money.MOST);
    long payable = merchant.carried() + takings.net();
    long paid = Math.max(0, Math.min(Math.min(payable, free - charged), Money.MOST));
    return new Settlement(
        request.merchant(),
        request.day(),
        account.currency(),
        takings,
        merchant.carried(),
        paid,
        charged,
        payable - paid,
        fees - charged);
  }

  private static boolean isEmpty(Settlement settlement) {
    Takings takings = settlement.takings();
    return takings.captures() == 0
        && takings.refunds() == 0
        && settlement.paid() == 0
        && settlement.charged() == 0;
  }

  private static Plan move(Plan plan, DocumentId id, Settlement settlement, Books books) {
    String currency = settlement.currency();
    return plan.debit(settlement.merchant(), Money.of(settlement.paid(), currency))
        .credit(books.system(PAYOUT, currency), Money.of(settlement.paid(), currency))
        .debit(settlement.merchant(), Money.of(settlement.charged(), currency))
        .credit(books.system(FEES, currency), Money.of(settlement.charged(), currency))
        .put(Document.of(id, settlement.merchant(), settlement))
        .tell(new Event(settlement.merchant(), "settlement.made", settlement));
  }
}
