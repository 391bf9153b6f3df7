package io.holdfast.spring.lock;

import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.LockLostException;
import io.holdfast.lock.LockName;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method of a bean runs under a distributed lock.
 *
 * <pre>
 *   &#64;Locked(name = "invoice", key = "#invoice.id", waitAtMost = "2s")
 *   public Receipt settle(Invoice invoice, FencingToken token) { ... }
 *
 *   invoices.settle(invoice, FencingToken.NONE);
 * </pre>
 *
 * <p><b>Token.</b> A parameter of type {@link FencingToken} or {@link LockGrant} is given by the
 * lock, whatever the caller passes. Pass {@link FencingToken#NONE}: if the call does not go through
 * the proxy, as when a bean calls itself, a guarded resource then refuses the token.
 *
 * <p><b>Failure.</b> {@link LockNotAcquiredException} if the lock was not held in time; the method
 * has not run. {@link LockLostException} if the method has run and the lock was lost meanwhile: its
 * work may have mixed with another holder's. If the method itself fails, that is what is thrown.
 *
 * <p><b>Threads.</b> Held by the calling thread, and reentrant: a locked method that calls another
 * one of the same lock goes on under the same hold. A reader cannot become a writer. Methods that
 * give their result later (futures, publishers) are refused at the start; see {@code
 * io.holdfast.reactor} and {@code acquireAsync} for these.
 *
 * <p><b>Transactions.</b> The lock is taken before the method's own {@code @Transactional} begins,
 * and freed after the commit. If the caller has a transaction already, the lock is kept until that
 * has ended. {@link #fence} has the database refuse a holder that was overtaken.
 *
 * <p>Declarations that cannot work end the start of the application: methods that a proxy cannot
 * intercept, keys that cannot be parsed or name an unknown parameter, durations that are none.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Locked {

  /** How a lock is held. */
  enum Mode {
    /** By one holder alone. */
    EXCLUSIVE,
    /** By many readers together. */
    READ,
    /** By one writer alone, where others read. */
    WRITE
  }

  /**
   * Name of the lock, or what its keys have in common; may contain <code>${placeholders}</code>.
   */
  String name();

  /**
   * A SpEL expression, such as {@code #invoice.id} or {@code @tenants.current()}: then the lock is
   * {@code <name>:<key>}, as a {@link LockName}. It must not be null or blank.
   */
  String key() default "";

  /**
   * How long to wait: {@code 500ms}, {@code 2s}, {@code PT2S} or a placeholder; {@code 0s} to give
   * up if it is not free, {@code forever} to wait without a limit.
   */
  String waitAtMost() default "30s";

  /** How it is held. */
  Mode mode() default Mode.EXCLUSIVE;

  /**
   * Name of the {@link LockFence} bean that guards the database. The fence is sealed before the
   * method runs, and checked when its transaction commits: if another holder has sealed it
   * meanwhile, the transaction is rolled back. The method must be {@code @Transactional}, and the
   * lock must not be held for reading.
   */
  String fence() default "";
}
