/**
 * For applications' own tests, with JUnit: {@link io.holdfast.testkit.junit.HoldfastTest} gives
 * each test a cluster in memory, and finds what it has left open.
 */
@NullMarked
package io.holdfast.testkit.junit;

import org.jspecify.annotations.NullMarked;
