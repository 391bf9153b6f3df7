package io.holdfast.spring.commit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What the method does in the enlisted databases is committed in all of them or in none, whatever
 * crashes meanwhile.
 *
 * <pre>
 *   &#64;GlobalTransaction(name = "transfer", timeout = 10)
 *   public void transfer(Account from, Account to, long amount) {
 *     accounts.update("UPDATE account SET balance = balance - ? WHERE id = ?", amount, from.id());
 *     ledger.update("INSERT INTO entry (account, amount) VALUES (?, ?)", to.id(), amount);
 *   }
 * </pre>
 *
 * <p>It is a {@link Transactional} of the transaction manager {@value GlobalTransactions#MANAGER}.
 * What uses a connection of an enlisted database by Spring's means takes part: {@code
 * JdbcTemplate}, {@code JdbcClient}, {@code @Transactional} methods of a {@code
 * JdbcTransactionManager}, MyBatis, a fence, an outbox. A database that is not used costs nothing.
 * JPA does not take part: such a method fails when it begins.
 *
 * <p><b>How it ends.</b> With an exception of the method everything is rolled back, and the caller
 * gets that exception. {@link GlobalTransactionAbortedException}: the commit failed, and no part
 * has taken effect or ever will. {@link GlobalTransactionUnknownException}: it was not known in
 * time; it will be all or nothing, and the exception tells which as soon as that is found out. A
 * caller that repeats it blindly may do it twice.
 *
 * <p><b>Isolation</b> is each database's own: while it is committed, others may see its effects in
 * one database and not yet in the other.
 *
 * <p>A method that no proxy can intercept, or that gives its result later (futures, publishers),
 * ends the start of the application.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Transactional(transactionManager = GlobalTransactions.MANAGER)
public @interface GlobalTransaction {

  /** What logs, exceptions and observations call it; the name of the method if blank. */
  @AliasFor(annotation = Transactional.class, attribute = "label")
  String name() default "";

  /**
   * What becomes of the caller's global transaction: {@code REQUIRED} joins it, {@code
   * REQUIRES_NEW} suspends it, {@code MANDATORY} fails without one, {@code NEVER} fails with one.
   * {@code NESTED} is refused: use savepoints within one database. A transaction of a single
   * database cannot be joined: if the caller has one of an enlisted database, it is refused.
   */
  @AliasFor(annotation = Transactional.class, attribute = "propagation")
  Propagation propagation() default Propagation.REQUIRED;

  /** Of every database. */
  @AliasFor(annotation = Transactional.class, attribute = "isolation")
  Isolation isolation() default Isolation.DEFAULT;

  /**
   * In seconds, from when it begins until it is decided; {@code holdfast.transactions.timeout} if
   * negative. After that it is rolled back.
   */
  @AliasFor(annotation = Transactional.class, attribute = "timeout")
  int timeout() default -1;

  /** The same as text, which may be a <code>${placeholder}</code>. */
  @AliasFor(annotation = Transactional.class, attribute = "timeoutString")
  String timeoutString() default "";

  /** True if the databases are to refuse changes. */
  @AliasFor(annotation = Transactional.class, attribute = "readOnly")
  boolean readOnly() default false;

  /**
   * Exceptions that roll it back: all of them, checked ones too, unlike with {@link Transactional}.
   */
  @AliasFor(annotation = Transactional.class, attribute = "rollbackFor")
  Class<? extends Throwable>[] rollbackFor() default {Throwable.class};

  /** The same by parts of their names. */
  @AliasFor(annotation = Transactional.class, attribute = "rollbackForClassName")
  String[] rollbackForClassName() default {};

  /** Exceptions after which it is committed. */
  @AliasFor(annotation = Transactional.class, attribute = "noRollbackFor")
  Class<? extends Throwable>[] noRollbackFor() default {};

  /** The same by parts of their names. */
  @AliasFor(annotation = Transactional.class, attribute = "noRollbackForClassName")
  String[] noRollbackForClassName() default {};
}
