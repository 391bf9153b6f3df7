/**
 * Pictures of a chaos run, in one file that needs nothing else.
 *
 * <p>Begin with {@link io.holdfast.testkit.report.HtmlReport}.
 */
@NullMarked
package io.holdfast.testkit.report;

import org.jspecify.annotations.NullMarked;
