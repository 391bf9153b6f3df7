package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Scenario;
import java.util.List;

/**
 * Lending: a borrower applies, an operator decides and pays out, the cluster collects the
 * instalments, and what is not repaid is written off in the end.
 *
 * <p>A loan lives in the shard of the borrower's account, and its money moves between that account
 * and accounts of the ledger's own in the same shard, so everything about it is a local commit:
 *
 * <table>
 * <caption>How it is booked</caption>
 * <tr><th>what</th><th>out of</th><th>into</th></tr>
 * <tr><td>payout</td><td>{@code loans}</td><td>the borrower's</td></tr>
 * <tr><td>principal repaid</td><td>the borrower's</td><td>{@code loans}</td></tr>
 * <tr><td>interest paid</td><td>the borrower's</td><td>{@code interest}</td></tr>
 * <tr><td>late fee paid</td><td>the borrower's</td><td>{@code late-fees}</td></tr>
 * <tr><td>written off</td><td>{@code losses}</td><td>{@code loans}</td></tr>
 * <tr><td>paid after that</td><td>the borrower's</td><td>{@code recoveries}</td></tr>
 * </table>
 *
 * <p>So {@code loans} is less than zero by the principal that is owed to us; there is no account of
 * what the lending is funded from: it is the ledger as a whole. Interest and fees are income when
 * they are paid and not before (cash basis): what accrues is known from the schedule, and is not in
 * the books.
 */
public final class LendingScenario implements Scenario {

  /** The system account of principal that is owed to us; zero or less. */
  public static final String LOANS = "loans";

  /** The system account of interest that was paid. */
  public static final String INTEREST = "interest";

  /** The system account of late fees that were paid. */
  public static final String LATE_FEES = "late-fees";

  /** The system account of principal that was given up; zero or less. */
  public static final String LOSSES = "losses";

  /** The system account of what was paid of written-off principal after all. */
  public static final String RECOVERIES = "recoveries";

  private final CollectInstalment collect = new CollectInstalment();

  @Override
  public String name() {
    return "lending";
  }

  @Override
  public List<Operation<?>> operations() {
    return List.of(
        new ApplyForLoan(),
        new ApproveLoan(),
        new DeclineLoan(),
        new DisburseLoan(),
        new RepayLoan(),
        new PayOffLoan(),
        new WriteOffLoan(),
        collect);
  }

  @Override
  public List<DocumentKind<?>> documents() {
    return List.of(Loan.KIND);
  }

  @Override
  public List<DueWork<?>> work() {
    return List.of(new InstalmentCollection(collect));
  }

  @Override
  public List<AuditRule> audit() {
    return LoanAudit.RULES;
  }
}
