package io.holdfast.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit test against a cluster in memory: a new one for each test method, on real time, without a
 * server. Methods ask for it as a parameter: a {@link io.holdfast.coordination.Coordinator}, a new
 * client each time, or the {@link TestCluster} itself.
 *
 * <pre>{@code
 * @HoldfastTest
 * class BillingTest {
 *   @Test
 *   void invoice_isSettledOnce(Coordinator coordinator) throws InterruptedException {
 *     new Billing(new Locks(coordinator)).settle("invoice-7");
 *   }
 * }
 * }</pre>
 *
 * <p>After each test, and its {@code @AfterEach} methods, coordinators that were given are closed.
 * A test that has left something open fails then, unless it has failed before, and is told what:
 * locks and leaderships that are held or wanted, instances that are registered, coordinators of its
 * own.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(HoldfastExtension.class)
public @interface HoldfastTest {}
