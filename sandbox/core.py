"""The sandbox's inside, put together."""

from sandbox.canvases import Canvases
from sandbox.channels import Channels
from sandbox.config import SandboxConfig
from sandbox.delivery.dispatch import Dispatcher
from sandbox.delivery.http import HttpTransport
from sandbox.delivery.sockets import Sockets
from sandbox.delivery.transport import Transport
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.interactions import Interactions
from sandbox.messages import Messages
from sandbox.names import Names
from sandbox.oauth import OAuth
from sandbox.rates import Rates
from sandbox.record import Record
from sandbox.response_urls import ResponseUrls
from sandbox.rooms import Rooms
from sandbox.schedule import Schedule
from sandbox.shown import Shown
from sandbox.triggers import Triggers
from sandbox.usergroups import Usergroups
from sandbox.views import Views
from sandbox.world import World


class Core:
    """Every part, once; `base_url` is known when the server listens."""

    def __init__(self, config: SandboxConfig) -> None:
        world = World(config)
        self.world = world
        self.faults = Faults()
        self.rates = Rates(world.clock, config.pace)
        self.record = Record(world.clock, world.hub)
        self.channels = Channels(world)
        shown = Shown()
        self.messages = Messages(world, self.channels, shown)
        self.rooms = Rooms(world, self.channels, self.messages)
        self.views = Views(world, shown)
        self.files = Files(world, self.messages)
        shown.can_show = self.files.can_show
        self.canvases = Canvases(world, self.channels)
        self.usergroups = Usergroups(world)
        self.names = Names(world, self.channels, self.usergroups)
        self.schedule = Schedule(world, self.channels, self.messages)
        self.triggers = Triggers(world)
        self.oauth = OAuth(world)
        self.urls = ResponseUrls(world, self.channels, self.messages)
        self.sockets = Sockets(world, self.record)
        transport: Transport = self.sockets
        if config.events_url:
            transport = HttpTransport(world, self.record, config.events_url)
        self.dispatcher = Dispatcher(world, self.channels, transport, self.faults, self.record)
        world.emit = self.dispatcher.emit
        self.interactions = Interactions(
            world, self.channels, self.names, self.views, self.triggers, self.urls, self.dispatcher
        )
        self.base_url = ""
        world.store.commit()

    def listen_at(self, url: str) -> None:
        """Takes the address the server was bound to, without a slash at its end."""
        self.base_url = url
        self.urls.base = url
        self.files.base = url

    async def run(self) -> None:
        """Does what the clock asks for, until cancelled."""
        self.dispatcher.resume()
        await self.schedule.run()

    def reset(self) -> None:
        """Begins again with the workspace file; tokens, secrets and the clock stay."""
        self.world.store.clear()
        self.world.load_people()
        self.channels.load()
        self.messages.forget()
        self.views.load()
        self.files.load()
        self.canvases.load()
        self.usergroups.load()
        self.schedule.load()
        self.urls.load()
        self.record.clear()
        self.faults.clear()
        self.world.store.commit()
        self.world.hub.tell({"type": "reset"})

    async def quiet(self) -> None:
        """Ends streams and connections, so that the server can stop."""
        self.world.hub.close()
        self.world.clock.wake()
        await self.sockets.close()

    async def close(self) -> None:
        """Gives up deliveries and keeps what is not yet kept."""
        await self.quiet()
        await self.dispatcher.close()
        self.world.store.close()
