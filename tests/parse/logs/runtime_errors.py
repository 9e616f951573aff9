"""Failures as the runtimes and loggers of other languages write them: own lines in the forms that people report."""

import json
from typing import Any, NamedTuple

ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"
AT = "2026-03-02T10:00:01.000Z"
TAB = f"{AT}\t{ID}\t"
EXIT = f"RequestId: {ID} Error: Runtime exited with error: exit status"


class Case(NamedTuple):
    """Lines of one request, and the one failure that they are: kind, type, message, and its innermost own frame."""

    lines: tuple[str, ...]
    kind: str
    type: str
    message: str
    frame: tuple[str, int, str] | None = None


def of(**fields: Any) -> str:
    """A line of JSON."""
    return json.dumps(fields)


def object_of(type_: str, message: str, *stack: str) -> str:
    """What Node.js prints behind its words."""
    return of(errorType=type_, errorMessage=message, stack=[f"{type_}: {message}", *(f"    at {at}" for at in stack)])


SELL = "sell (/var/task/src/sell.js:9:14)"
OWN = ("/var/task/src/sell.js", 9, "sell")
SDK = "send (/var/task/node_modules/shop-sdk/index.js:4:9)"
RUNTIME = "Runtime.handleOnce (file:///var/runtime/index.mjs:1173:29)"
THROWN = object_of("TypeError", "no stock", SDK, SELL, RUNTIME)
REJECTED = of(
    errorType="Runtime.UnhandledPromiseRejection",
    errorMessage="Error: no stock",
    reason={"errorType": "Error", "errorMessage": "no stock", "stack": ["Error: no stock", f"    at {SELL}"]},
)
JAVA = "java.lang.IllegalStateException: no stock\n\tat shop.Handler.sell(Handler.java:9)\n"
JAVA_LIBRARY = "\tat java.base/jdk.internal.reflect.Accessor.invoke(Unknown Source)\n"
OWN_JAVA = ("Handler.java", 9, "shop.Handler.sell")
DOTNET = "   at Shop.Function.Sell(String sku) in /src/Function.cs:line 50"
DOTNET_LIBRARY = "   at Amazon.Lambda.RuntimeSupport.Wrapper.Run() in /src/Repo/Wrapper.cs:line 9"
OWN_DOTNET = ("/src/Function.cs", 50, "Shop.Function.Sell(String sku)")
GO_STACK = [
    {"path": "github.com/aws/aws-lambda-go@v1.48.0/lambda/errors.go", "line": 39, "label": "lambdaPanicResponse"},
    {"path": "runtime/panic.go", "line": 792, "label": "gopanic"},
    {"path": "shop/sell.go", "line": 12, "label": "sell"},
]
GO_PANIC = "panic: no stock\n\ngoroutine 1 [running]:\nmain.sell(0x1)\n\t/build/sell.go:12 +0x1d\nexit status 2"
RUBY = {
    "errorMessage": "no stock",
    "errorType": "Function<StockError>",
    "stackTrace": [
        "/var/task/vendor/bundle/ruby/3.3.0/gems/lamby-3.1.1/lib/lamby.rb:43:in 'call'",
        "/var/task/app.rb:18:in 'sell'",
    ],
}
PYTHON = 'Traceback (most recent call last):\n  File "/var/task/h.py", line 3, in sell\n    raise'
WARNING = "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.\r"

CASES = {
    "node raised": Case((f"{TAB}ERROR\tInvoke Error \t{THROWN}",), "exception", "TypeError", "no stock", OWN),
    "node uncaught": Case(
        (f"{TAB}ERROR\tUncaught Exception \t{THROWN}", f"{EXIT} 129\nRuntime.ExitError"),
        "exception", "TypeError", "no stock", OWN,
    ),
    "node rejected": Case(
        (f"{TAB}ERROR\tUnhandled Promise Rejection \t{REJECTED}", f"{EXIT} 128\nRuntime.ExitError"),
        "exception", "Error", "no stock", OWN,
    ),
    "node 24 rejected": Case(
        (f"Runtime.UnhandledPromiseRejection: Error: no stock\n    at {RUNTIME} {{\n  reason: Error: no stock\n"
         f"      at {SELL}\n}}", f"{EXIT} 128\nRuntime.ExitError"),
        "exception", "Error", "no stock", OWN,
    ),
    "node console.error": Case(
        (f"{TAB}ERROR\tError: no stock\n    at end (node:net:1555:16)\n    at {SELL} {{\n  code: 1\n}}",),
        "exception", "Error", "no stock", OWN,
    ),
    "node words and an error": Case(
        (f"{TAB}ERROR\tcould not sell StockError: no stock\n    at {SELL}",), "exception", "StockError", "no stock", OWN
    ),
    "node words": Case((f"{TAB}ERROR\tno stock",), "logged", "", "no stock"),
    "node in json": Case(
        (of(level="ERROR", requestId=ID, message={"errorType": "StockError", "errorMessage": "no stock",
                                                  "stackTrace": ["StockError: no stock", f"    at {SELL}"]}),),
        "exception", "StockError", "no stock", OWN,
    ),
    "node of long ago": Case(
        (f"RequestId: {ID} Process exited before completing request",),
        "runtime_exit", "Runtime exited", "Process exited before completing request",
    ),
    "pino": Case(
        (of(level=50, time=1, msg="failed", err={"type": "StockError", "message": "no stock",
                                                 "stack": f"StockError: no stock\n    at {SELL}"}).replace(": ", ":"),),
        "exception", "StockError", "no stock", ("/var/task/src/sell.js", 9, "sell"),
    ),
    "winston": Case(
        (of(level="error", message="failed", stack=f"StockError: no stock\n    at {SELL}"),),
        "exception", "StockError", "no stock", OWN,
    ),
    "powertools for typescript": Case(
        (of(level="ERROR", message="failed", error={"name": "StockError", "message": "no stock",
                                                    "stack": f"StockError: no stock\n    at {SELL}"}),),
        "exception", "StockError", "no stock", OWN,
    ),
    "java": Case(
        (f"no stock: java.lang.IllegalStateException\n{JAVA}{JAVA_LIBRARY}",),
        "exception", "java.lang.IllegalStateException", "no stock", OWN_JAVA,
    ),
    "java with a cause": Case(
        (f"{JAVA}Caused by: java.sql.SQLException: refused\n\tat shop.Db.open(Db.java:3)\n\t... 5 more",),
        "exception", "java.lang.IllegalStateException", "no stock", OWN_JAVA,
    ),
    "log4j": Case((f"2026-03-02 10:00:01 {ID} ERROR Handler - no stock",), "logged", "", "Handler - no stock"),
    "log4j with an exception": Case(
        (f"2026-03-02 10:00:01 {ID} ERROR Handler - could not sell\n{JAVA}",),
        "exception", "java.lang.IllegalStateException", "no stock", OWN_JAVA,
    ),
    "logback in json": Case(
        (of(level="ERROR", message="failed", stack_trace=JAVA),),
        "exception", "java.lang.IllegalStateException", "no stock", OWN_JAVA,
    ),
    "elastic common schema": Case(
        (of(**{"log.level": "ERROR", "message": "failed", "error.type": "java.lang.IllegalStateException",
               "error.message": "no stock", "error.stack_trace": JAVA}),),
        "exception", "java.lang.IllegalStateException", "no stock", OWN_JAVA,
    ),
    "go panics": Case(
        (GO_PANIC, f"{EXIT} 2\nRuntime.ExitError"),
        "exception", "panic", "no stock", ("/build/sell.go", 12, "main.sell"),
    ),
    "go panics in lines": Case(
        ("panic: no stock", "goroutine 1 [running]:", "main.sell(0x1)", f"{EXIT} 2\nRuntime.ExitError"),
        "runtime_exit", "Runtime exited", "exit status 2",
    ),
    "go's runtime client": Case(
        (of(errorMessage="no stock", errorType="string", stackTrace=GO_STACK),
         "2026/03/02 10:00:01 calling the handler function resulted in a panic, the process should exit",
         f"{EXIT} 1\nRuntime.ExitError"),
        "exception", "string", "no stock", ("shop/sell.go", 12, "sell"),
    ),
    "go's handler returned an error": Case(
        ("2026/03/02 10:00:01 " + of(errorMessage="no stock", errorType="StockError"),),
        "exception", "StockError", "no stock",
    ),
    "slog": Case((of(level="ERROR", msg="no stock", err="0 left"),), "logged", "", "no stock: 0 left"),
    "logrus": Case(('time="2026-03-02T10:00:01Z" level=error msg="no stock" sku=17',), "logged", "", "no stock"),
    "dotnet": Case(
        (f"{TAB}fail\tSystem.ApplicationException: no stock\n ---> System.ArgumentException: inner\n{DOTNET}\n"
         f"   --- End of inner exception stack trace ---\n{DOTNET_LIBRARY}",),
        "exception", "System.ApplicationException", "no stock", OWN_DOTNET,
    ),
    "dotnet unhandled": Case(
        (f"Unhandled exception. System.ApplicationException: no stock\n{DOTNET}",
         f"RequestId: {ID} Error: Runtime exited with error: signal: aborted (core dumped)\nRuntime.ExitError"),
        "exception", "System.ApplicationException", "no stock", OWN_DOTNET,
    ),
    "dotnet in json": Case(
        (of(level="Error", requestId=ID, errorType="System.ApplicationException", errorMessage="no stock",
            stackTrace=[DOTNET]),),
        "exception", "System.ApplicationException", "no stock", OWN_DOTNET,
    ),
    "dotnet critical": Case((f"{TAB}crit\tno stock",), "logged", "", "no stock"),
    "serilog": Case(
        (of(**{"@l": "Error", "@mt": "failed", "@x": f"System.ApplicationException: no stock\n{DOTNET}"}),),
        "exception", "System.ApplicationException", "no stock", OWN_DOTNET,
    ),
    "ruby": Case(
        (f"Error raised from handler method\n{json.dumps(RUBY, indent=2)}",),
        "exception", "StockError", "no stock", ("/var/task/app.rb", 18, "sell"),
    ),
    "ruby's init": Case(
        ("Init error when loading handler app.sell\n" + of(errorMessage="no such file", errorType="Init<LoadError>"),
         "Unknown application error occurred\nInit<LoadError>"),
        "exception", "LoadError", "no such file",
    ),
    "ruby's logger": Case(("E, [2026-03-02T10:00:01.123456 #8] ERROR -- : no stock",), "logged", "", "no stock"),
    "rust panics": Case(
        ("thread 'main' panicked at src/main.rs:8:1:\nno stock", f"{EXIT} 101\nRuntime.ExitError"),
        "exception", "panic", "no stock", ("src/main.rs", 8, ""),
    ),
    "rust of long ago": Case(
        ("thread 'main' panicked at 'no stock', src/main.rs:8:1",),
        "exception", "panic", "no stock", ("src/main.rs", 8, ""),
    ),
    "rust traces": Case((of(level="ERROR", fields={"message": "no stock"}, target="shop"),), "logged", "", "no stock"),
    "an image without a bootstrap": Case(
        (f"RequestId: {ID} Error: fork/exec /var/task/bootstrap: no such file\nRuntime.InvalidEntrypoint",),
        "runtime_exit", "Runtime.InvalidEntrypoint", "fork/exec /var/task/bootstrap: no such file",
    ),
    "an extension": Case(
        (f"RequestId: {ID} Error: exit code 1\nExtension.Crash",), "runtime_exit", "Extension.Crash", "exit code 1"
    ),
    "a platform.fault": Case(
        (of(type="platform.fault", record=f"RequestId: {ID} Error: Runtime exited with error: exit status 1"),),
        "runtime_exit", "Runtime exited", "exit status 1",
    ),
    "a restore": Case(
        ("RESTORE_REPORT Restore Duration: 10000.00 ms\tStatus: timeout",),
        "init", "Restore", "restore timed out after 10.00 s",
    ),
    "a warning before a traceback": Case(
        (WARNING + f"[ERROR] KeyError: 'sku'\r{PYTHON}".replace("\n", "\r"),),
        "exception", "KeyError", "'sku'", ("/var/task/h.py", 3, "sell"),
    ),
    "a warning before json": Case(
        (WARNING + of(log_level="ERROR", errorMessage="bad byte", errorType="UnicodeDecodeError", requestId=ID),),
        "exception", "UnicodeDecodeError", "bad byte",
    ),
    "json in json": Case(
        (of(level="INFO", requestId=ID, message=of(level="ERROR", message="no stock")),), "logged", "", "no stock"
    ),
    "an exception in json in json": Case(
        (of(level="ERROR", message=of(level="ERROR", message="failed", exception=f"{PYTHON}\nStockError: no stock")),),
        "exception", "StockError", "no stock", ("/var/task/h.py", 3, "sell"),
    ),
    "json in a line of text": Case(
        (f"[ERROR]\t{AT}\t{ID}\t" + of(level="ERROR", message="no stock"),), "logged", "", "no stock"
    ),
}  # fmt: skip

HARMLESS = (
    f"{TAB}INFO\ttried again after ERROR 17",
    f"{TAB}WARN\tno Error budget left",
    "2026-03-02 10:00:01 INFO Handler - ERROR is only a word",
    "panic: at the disco, 12 tickets",
    "(node:8) DeprecationWarning: old\n    at sell (/var/task/sell.js:9:14)",
    f"{TAB}TRACE\tTrace: here\n    at {SELL}",
    '0 errors, level=info msg="no error"',
    of(level="INFO", message="errors: 0"),
    of(level=30, msg="error budget", err=None),
    "Traceback of parcels",
    f"RequestId: {ID} has no error",
)
