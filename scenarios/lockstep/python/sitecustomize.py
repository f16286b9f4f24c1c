"""Lets one interpreter of Python be forked for each process of a worker.

To start Python and to import its libraries takes longer than a schedule. Site runs this
before the program begins. Onceover then says when to fork, and each child runs the program
from its beginning, with an environment and an output of its own.
"""
import os
import sys


def unsite():
    """Makes room for the sitecustomize of the user's own, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder or ".") != here]
    rest = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder and folder != here]
    os.environ.pop("PYTHONPATH", None)
    if rest:
        os.environ["PYTHONPATH"] = os.pathsep.join(rest)
    ours = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize
    except ImportError:
        pass
    if ours is not None:
        sys.modules.setdefault("sitecustomize", ours)


def learn(address):
    """Tells, when the program first connects to anything, which libraries it has imported."""
    told = []
    folders = (os.path.dirname(os.__file__), "site-packages", "dist-packages")

    def library(name, module):
        file = getattr(module, "__file__", None)
        return name not in ("__main__", "sitecustomize") and (file is None or any(f in file for f in folders))

    def hook(event, _):
        if event == "socket.connect" and not told:
            told.append(event)
            import json
            import socket
            names = [name for name, module in list(sys.modules.items()) if library(name, module)]
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
                s.connect(address)
                s.send(json.dumps({"modules": names}).encode())

    sys.addaudithook(hook)


def preload(names):
    import importlib
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:
            pass


def serve(address):
    """Forks whenever it is told to. It returns in the children alone."""
    import ctypes
    import gc
    import json
    import select
    import signal
    import socket

    prctl = ctypes.CDLL(None).prctl
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.connect(address)
    s.send(json.dumps({"zygote": os.getpid()}).encode())

    def reap():
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            s.send(json.dumps({"exit": pid, "status": status}).encode())

    # A child may end just before this waits, and a handler would not run until it has waited.
    ended, ends = os.pipe()
    os.set_blocking(ended, False)
    os.set_blocking(ends, False)
    signal.set_wakeup_fd(ends, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    gc.collect()
    gc.freeze()
    while True:
        ready, _, _ = select.select([s, ended], [], [])
        if ended in ready:
            os.read(ended, 512)
            reap()
        if s not in ready:
            continue
        text, files, _, _ = socket.recv_fds(s, 1 << 18, 1)
        if not text:
            os._exit(0)
        told = json.loads(text)
        if "preload" in told:
            preload(told["preload"])
            gc.collect()
            gc.freeze()
            continue
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            s.close()
            os.close(ended)
            os.close(ends)
            prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
            os.setpgid(0, 0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(files[0], 1)
            os.dup2(files[0], 2)
            os.close(files[0])
            os.environ.update(told["env"])
            if told.get("learn"):
                learn(address)
            return
        os.close(files[0])
        try:
            os.setpgid(pid, pid)
        except OSError:
            pass
        s.send(json.dumps({"pid": pid}).encode())


def run(script):
    """Runs a script as Python does, and ends without taking the interpreter apart.

    That would touch all memory that the children share, which takes longer than all else.
    """
    import atexit
    import builtins

    code = 0
    main = sys.modules["__main__"]
    main.__dict__.update(__file__=script, __builtins__=builtins, __cached__=None)
    try:
        sys.path.insert(0, os.path.dirname(os.path.realpath(script)))
        with open(script, "rb") as f:
            program = compile(f.read(), script, "exec")
        exec(program, main.__dict__)
    except SystemExit as end:
        code = end.code
        if code is None:
            code = 0
        elif not isinstance(code, int):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        kind, error, trace = sys.exc_info()
        sys.excepthook(kind, error, trace.tb_next)
        code = 1
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os._exit(code & 0xFF)


parent, _, address = os.environ.pop("ONCEOVER_FORK", "").partition(":")
if parent == str(os.getppid()) and hasattr(sys, "addaudithook"):
    forked = False
    try:
        serve(address)
        forked = True
    except (ImportError, AttributeError, OSError):
        pass
    unsite()
    script = getattr(sys, "argv", [""])[0]
    if forked and os.path.isfile(script):
        run(script)
else:
    unsite()
